// Small models that TensorFlow.js itself saves, each with an input and what it computes of it.
//
//     npm install --prefix /tmp/tfjs @tensorflow/tfjs
//     NODE_PATH=/tmp/tfjs/node_modules node tests/golden/tfjs_models.js
//
// A folder holds model.json, its files of weights, input.npy and output.npy. `teachable` has the form of what
// Teachable Machine exports; `uint8`, `uint16` and `float16` are the same network with its weights quantised as
// tensorflowjs_converter does it, which TensorFlow.js has loaded again before it computed.

const fs = require("node:fs");
const path = require("node:path");
const tf = require("@tensorflow/tfjs");

const FOLDER = path.join(__dirname, "..", "src", "test", "resources", "golden", "tfjs");

let state = 7;
function uniform() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

/** Weights that are no zeros and ones, so that one in the place of another shows. */
function randomise(model) {
  for (const weight of model.weights) {
    const variance = weight.originalName.includes("variance");
    const values = Float32Array.from({ length: tf.util.sizeFromShape(weight.shape) }, () => {
      const size = 0.2 + uniform();
      return variance ? size : (uniform() < 0.5 ? -0.5 : 0.5) * size;
    });
    weight.write(tf.tensor(values, weight.shape));
  }
}

function npy(file, tensor) {
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(", ");
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = Buffer.alloc(10);
  head.write("\x93NUMPY\x01\x00", "latin1");
  head.writeUInt16LE(length, 8);
  const body = Buffer.from(new Float32Array(tensor.dataSync()).buffer);
  fs.writeFileSync(file, Buffer.concat([head, Buffer.from(text.padEnd(length - 1) + "\n", "latin1"), body]));
}

/** What TensorFlow.js hands to whoever saves. */
async function artifacts(model) {
  let saved;
  await model.save(tf.io.withSaveHandler(async (all) => ((saved = all), { modelArtifactsInfo: {} })));
  return { ...saved, weightData: Buffer.from(tf.io.CompositeArrayBuffer.join(saved.weightData)) };
}

function write(name, saved, shards) {
  const folder = path.join(FOLDER, name);
  fs.mkdirSync(folder, { recursive: true });
  const size = Math.ceil(saved.weightData.length / shards);
  const paths = [];
  for (let i = 0; i < shards; i++) {
    paths.push(shards === 1 ? "weights.bin" : `group1-shard${i + 1}of${shards}.bin`);
    fs.writeFileSync(path.join(folder, paths[i]), saved.weightData.subarray(i * size, (i + 1) * size));
  }
  const json = {
    modelTopology: saved.modelTopology,
    format: saved.format,
    generatedBy: saved.generatedBy,
    convertedBy: saved.convertedBy,
    weightsManifest: [{ paths, weights: saved.weightSpecs }],
  };
  fs.writeFileSync(path.join(folder, "model.json"), JSON.stringify(json));
  return folder;
}

function record(folder, model) {
  const x = tf.tensor(
    Float32Array.from({ length: 2 * tf.util.sizeFromShape(model.inputs[0].shape.slice(1)) }, () => 2 * uniform() - 1),
    [2, ...model.inputs[0].shape.slice(1)]
  );
  const y = [].concat(model.predict(x));
  npy(path.join(folder, "input.npy"), x);
  npy(path.join(folder, "output.npy"), tf.concat(y.map((part) => part.flatten())));
  console.log(path.basename(folder), y.map((part) => part.shape));
}

async function save(name, model, shards = 1) {
  randomise(model);
  record(write(name, await artifacts(model), shards), model);
}

const L = tf.layers;

/** A truncated MobileNet behind a pooling, and a classifier that was trained on it. */
function teachable() {
  const x = tf.input({ shape: [16, 16, 3], name: "input_1" });
  const block = (y, filters, name) => {
    y = L.depthwiseConv2d({ kernelSize: 3, padding: "same", useBias: false, name: `${name}_depthwise` }).apply(y);
    y = L.batchNormalization({ name: `${name}_bn` }).apply(y);
    y = L.reLU({ maxValue: 6, name: `${name}_relu` }).apply(y);
    return L.conv2d({ filters, kernelSize: 1, useBias: false, name: `${name}_project` }).apply(y);
  };
  let y = L.zeroPadding2d({ padding: [[0, 1], [0, 1]], name: "Conv1_pad" }).apply(x);
  y = L.conv2d({ filters: 4, kernelSize: 3, strides: 2, useBias: false, name: "Conv1" }).apply(y);
  y = L.batchNormalization({ momentum: 0.999, name: "bn_Conv1" }).apply(y);
  const first = L.reLU({ maxValue: 6, name: "Conv1_relu" }).apply(y);
  y = L.add({ name: "block_1_add" }).apply([first, block(first, 4, "block_1")]);
  const trunk = tf.model({ inputs: x, outputs: L.activation({ activation: "relu", name: "out" }).apply(y) });
  const features = tf.sequential({ layers: [trunk, L.globalAveragePooling2d({})] });
  const classes = tf.sequential({
    layers: [
      L.dense({ units: 8, activation: "relu", inputShape: [4] }),
      L.dense({ units: 3, activation: "softmax", useBias: false }),
    ],
  });
  return tf.sequential({ layers: [features, classes] });
}

/** As tensorflowjs_converter --quantize_* does it. */
function quantised(saved, dtype) {
  const parts = [];
  let offset = 0;
  const specs = saved.weightSpecs.map((spec) => {
    const count = tf.util.sizeFromShape(spec.shape);
    const values = new Float32Array(saved.weightData.buffer.slice(offset, offset + 4 * count));
    offset += 4 * count;
    if (dtype === "float16") {
      parts.push(Buffer.from(Uint16Array.from(values, half).buffer));
      return { ...spec, quantization: { dtype, original_dtype: "float32" } };
    }
    const least = Math.min(...values);
    const levels = dtype === "uint8" ? 255 : 65535;
    const scale = (Math.max(...values) - least) / levels || 1;
    const Levels = dtype === "uint8" ? Uint8Array : Uint16Array;
    parts.push(Buffer.from(Levels.from(values, (v) => Math.round((v - least) / scale)).buffer));
    return { ...spec, quantization: { dtype, min: least, scale, original_dtype: "float32" } };
  });
  return { ...saved, weightSpecs: specs, weightData: Buffer.concat(parts) };
}

/** Cut off rather than rounded, which is near enough. */
function half(value) {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0];
  const exponent = ((bits >> 23) & 0xff) - 112;
  return ((bits >> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((bits >> 13) & 0x3ff));
}

async function quantisations(model) {
  const saved = await artifacts(model);
  for (const dtype of ["uint8", "uint16", "float16"]) {
    const small = quantised(saved, dtype);
    const folder = write(dtype, small, 1);
    const data = small.weightData;
    const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
    record(folder, await tf.loadLayersModel(tf.io.fromMemory({ ...small, weightData: buffer })));
  }
}

function pictures() {
  const x = tf.input({ shape: [8, 8, 3] });
  const layers = [
    L.separableConv2d({ filters: 4, kernelSize: 3, activation: "elu" }),
    L.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: "same" }),
    L.conv2d({ filters: 3, kernelSize: 2, strides: 2, padding: "same", activation: "hardSigmoid" }),
    L.prelu({ sharedAxes: [1, 2] }),
    L.leakyReLU({ alpha: 0.1 }),
    L.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }),
    L.upSampling2d({ size: [2, 3] }),
    L.layerNormalization({}),
    L.cropping2D({ cropping: [[1, 0], [2, 1]] }),
    L.reshape({ targetShape: [4, -1] }),
    L.permute({ dims: [2, 1, 3] }),
  ];
  return tf.model({ inputs: x, outputs: layers.map((layer) => layer.apply(x)) });
}

function sequence() {
  const x = tf.input({ shape: [5, 4] });
  const layers = [
    L.lstm({ units: 3, returnSequences: true }),
    L.lstm({ units: 3, recurrentActivation: "sigmoid", goBackwards: true }),
    L.gru({ units: 3 }),
    L.simpleRNN({ units: 2, activation: "relu" }),
    L.bidirectional({ layer: L.lstm({ units: 3, returnSequences: true }), mergeMode: "concat" }),
    L.timeDistributed({ layer: L.dense({ units: 2 }) }),
    L.conv1d({ filters: 3, kernelSize: 2, dilationRate: 2, padding: "same" }),
  ];
  return tf.model({ inputs: x, outputs: layers.map((layer) => layer.apply(x)) });
}

async function main() {
  await tf.setBackend("cpu");
  const model = teachable();
  await save("teachable", model);
  fs.writeFileSync(
    path.join(FOLDER, "teachable", "metadata.json"),
    JSON.stringify({
      tfjsVersion: "1.3.1",
      tmVersion: "2.4.7",
      packageVersion: "0.8.5",
      packageName: "@teachablemachine/image",
      timeStamp: "2024-05-01T10:00:00.000Z",
      userMetadata: {},
      modelName: "tm-my-image-model",
      labels: ["cat", "dog", "neither"],
      imageSize: 16,
    })
  );
  await quantisations(model);
  await save("pictures", pictures(), 3);
  await save("sequence", sequence(), 2);
}

main();
