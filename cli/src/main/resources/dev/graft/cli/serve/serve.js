'use strict';
const said = document.getElementById('said');
const shown = document.getElementById('shown');
const drop = document.getElementById('drop');
let asked = 0;

function line(text, share) {
  const row = document.createElement('p');
  const bar = document.createElement('span');
  row.className = 'answer';
  bar.className = 'share';
  bar.style.width = 100 * Math.max(0, Math.min(1, share)) + '%';
  row.append(bar, document.createTextNode(text));
  return row;
}

async function ask(picture) {
  if (!picture) return;
  const mine = ++asked;
  URL.revokeObjectURL(shown.src);
  shown.src = URL.createObjectURL(picture);
  shown.hidden = false;
  said.replaceChildren(line('looking…', 0));
  let rows;
  try {
    const answer = await (await fetch('/predict', {method: 'POST', body: picture})).json();
    rows = answer.error
      ? [line(answer.error, 0)]
      : answer.predictions.slice(0, 5).map(p => p.probability === undefined
          ? line(p.label + '  ' + p.value, 0)
          : line(p.label + '  ' + (100 * p.probability).toFixed(1) + ' %', p.probability));
  } catch (problem) {
    rows = [line('the server does not answer', 0)];
  }
  if (mine === asked) said.replaceChildren(...rows);
}

document.getElementById('file').addEventListener('change', e => ask(e.target.files[0]));
document.addEventListener('dragover', e => { e.preventDefault(); drop.classList.add('over'); });
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', e => {
  e.preventDefault();
  drop.classList.remove('over');
  ask(e.dataTransfer.files[0]);
});
