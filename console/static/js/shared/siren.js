// @ts-check
// Sound made in the browser: a continuous two-tone siren, a soft ring, a short alarm. Needs one click first.
import { keep, recall } from "./keep.js";

/** @type {AudioContext} */
let context = /** @type {any} */ (null); // made by the first click
/** @typedef {{ tone: OscillatorNode, swing: OscillatorNode, loud: GainNode, wanted: boolean }} Siren */
/** @type {Siren | null} */
let siren = null;
const TEST_MS = 1800;
/** @type {Set<(armed: boolean) => void>} */
const listeners = new Set();

function tell() {
  listeners.forEach((listener) => listener(armed()));
}

export const armed = () => Boolean(context && context.state === "running");

/** @param {(armed: boolean) => void} listener */
export function onArmed(listener) {
  listeners.add(listener);
  listener(armed());
}

// Call from a click or key press: browsers allow sound only after one.
export async function arm() {
  if (!context) {
    context = new AudioContext();
    context.onstatechange = tell;
  }
  if (context.state !== "running") await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 400))]);
  tell();
  return armed();
}

// This browser is on duty: after a reload it sounds again by itself, where the browser allows that.
// Another user of the same browser begins anew: nobody has said yet that his telephone may wake him.
const person = () => document.body.dataset.user || "";
export const wasOnDuty = () => recall("duty") === person();
export const onDuty = () => keep("duty", person());

// Two tones, switched by the sound card's own clock, so that a throttled background tab sounds on.
export function startSiren(wanted = false) {
  if (siren) siren.wanted ||= wanted;
  if (siren || !armed()) return;
  const tone = context.createOscillator();
  const swing = context.createOscillator();
  const depth = context.createGain();
  const loud = context.createGain();
  tone.type = "sawtooth";
  tone.frequency.value = 820;
  swing.type = "square";
  swing.frequency.value = 1.3;
  depth.gain.value = 180;
  loud.gain.value = 0.9;
  swing.connect(depth).connect(tone.frequency);
  tone.connect(loud).connect(context.destination);
  tone.start();
  swing.start();
  siren = { tone, swing, loud, wanted };
}

export function stopSiren() {
  if (!siren) return;
  siren.tone.stop();
  siren.swing.stop();
  siren.loud.disconnect();
  siren = null;
}

export const sounding = () => Boolean(siren) && armed();

/**
 * @param {number} frequency
 * @param {number} at
 * @param {number} length
 * @param {number} volume
 */
function beep(frequency, at, length, volume) {
  const tone = context.createOscillator();
  const loud = context.createGain();
  const start = context.currentTime + at;
  tone.frequency.value = frequency;
  loud.gain.setValueAtTime(0, start);
  loud.gain.linearRampToValueAtTime(volume, start + 0.02);
  loud.gain.setValueAtTime(volume, start + length - 0.04);
  loud.gain.linearRampToValueAtTime(0, start + length);
  tone.connect(loud).connect(context.destination);
  tone.start(start);
  tone.stop(start + length + 0.05);
}

export const ringWanted = () => recall("ring") !== "off";

// A soft telephone ring of one second, where it is wanted.
export function ring() {
  if (!armed() || !ringWanted()) return;
  for (let step = 0; step < 8; step += 1) beep(step % 2 ? 480 : 440, step * 0.11, 0.11, 0.18);
}

// Three short tones: something is wrong, or a reminder.
export function warn() {
  if (!armed()) return;
  for (let step = 0; step < 3; step += 1) beep(880, step * 0.28, 0.2, 0.6);
}

// Two low, soft tones: another desk cannot act now, and this one can.
export function soft() {
  if (!armed()) return;
  [659, 523].forEach((frequency, step) => beep(frequency, step * 0.3, 0.26, 0.25));
}

// Two rising pairs: what was sent has changed.
export function change() {
  if (!armed()) return;
  [587, 880, 587, 880].forEach((frequency, step) => beep(frequency, step * 0.22, 0.18, 0.7));
}

// The siren itself for a moment, so that whoever begins a duty knows how loud it will be.
export async function test() {
  if (!(await arm())) return false;
  if (siren) return true; // it sounds in earnest
  startSiren();
  const mine = /** @type {Siren | null} */ (siren);
  setTimeout(() => { if (siren === mine && !mine?.wanted) stopSiren(); }, TEST_MS);
  return true;
}
