'use strict';
const element = id => document.getElementById(id);
const drop = element('drop');
const shown = element('shown');
const said = element('said');
const seen = element('seen');
const map = element('map');
const where = element('where');
let asked = 0;
let explained = 0;

function line(text, share, press) {
  const row = document.createElement(press ? 'button' : 'p');
  const bar = document.createElement('span');
  row.className = 'answer';
  bar.className = 'share';
  bar.style.width = 100 * Math.max(0, Math.min(1, share)) + '%';
  row.append(bar, document.createTextNode(text));
  if (press) row.addEventListener('click', press);
  return row;
}

function answer(picture, p) {
  if (p.index < 0) {
    const row = line(p.label + ': like none of its classes, of which the nearest are', 0);
    row.classList.add('unknown');
    return row;
  }
  if (p.probability === undefined) return line(p.label + '  ' + p.value, 0);
  const text = p.label + '  ' + (100 * p.probability).toFixed(1) + ' %';
  return line(text, p.probability, () => explain(picture, p));
}

async function explain(picture, p) {
  const mine = ++explained;
  let url = '';
  let text = 'Where it sees ' + p.label + ' (Grad-CAM). Press another class to see that one.';
  try {
    const answer = await fetch('/explain?class=' + p.index, {method: 'POST', body: picture});
    if (answer.ok) url = URL.createObjectURL(await answer.blob());
    else text = (await answer.json()).error;
  } catch (problem) {
    text = 'the server does not answer';
  }
  if (mine !== explained) {
    URL.revokeObjectURL(url);
    return;
  }
  URL.revokeObjectURL(map.src);
  map.hidden = !url;
  if (url) map.src = url;
  where.textContent = text;
  seen.hidden = false;
}

async function ask(picture) {
  if (!picture) return;
  const mine = ++asked;
  ++explained;
  seen.hidden = true;
  URL.revokeObjectURL(shown.src);
  shown.src = URL.createObjectURL(picture);
  shown.hidden = false;
  said.replaceChildren(line('looking…', 0));
  let rows;
  let best;
  try {
    const answered = await (await fetch('/predict', {method: 'POST', body: picture})).json();
    if (answered.error) {
      rows = [line(answered.error, 0)];
    } else {
      const all = answered.predictions;
      best = all.find(p => p.index >= 0 && p.probability !== undefined);
      rows = all.slice(0, all[0].index < 0 ? 6 : 5).map(p => answer(picture, p));
    }
  } catch (problem) {
    rows = [line('the server does not answer', 0)];
  }
  if (mine !== asked) return;
  said.replaceChildren(...rows);
  if (best) explain(picture, best);
}

element('file').addEventListener('change', e => ask(e.target.files[0]));
document.addEventListener('dragover', e => { e.preventDefault(); drop.classList.add('over'); });
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', e => {
  e.preventDefault();
  drop.classList.remove('over');
  ask(e.dataTransfer.files[0]);
});
