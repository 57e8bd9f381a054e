// @ts-check
// The recording of a ticket, heard while it is written down: the hands stay on the keyboard, the cursor in the text.
import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { sayError } from "../shared/toast.js";

export const BACK_S = 5;
const RATES = [1, 1.5];

/**
 * @typedef {{
 *   paused: boolean, currentTime: number, playbackRate: number, play: () => unknown, pause: () => void
 * }} Sound
 * @type {Record<string, (sound: Sound) => unknown>}
 */
const DO = {
  KeyR: (sound) => (sound.paused ? sound.play() : sound.pause()),
  KeyB: (sound) => { sound.currentTime = Math.max(0, sound.currentTime - BACK_S); },
  KeyL: (sound) => { sound.playbackRate = RATES[(RATES.indexOf(sound.playbackRate) + 1) % RATES.length]; },
};

/**
 * Carries out a key of the player; gives false for every other key.
 * @param {{ code: string, altKey: boolean, ctrlKey?: boolean, metaKey?: boolean }} event
 * @param {Sound} sound
 * @param {(error: unknown) => void} [failed]
 */
export function press({ code, altKey, ctrlKey, metaKey }, sound, failed = () => {}) {
  if (!altKey || ctrlKey || metaKey || !Object.hasOwn(DO, code)) return false;
  Promise.resolve(DO[code](sound)).catch(failed); // the browser refuses a sound that is not there
  return true;
}

/** @param {{ call: string, label: string }} props */
export function Player({ call, label }) {
  const audio = useRef(/** @type {HTMLAudioElement | null} */ (null));
  const [, draw] = useState(0);
  const look = () => draw((count) => count + 1);
  const failed = () => sayError(new Error("Rekaman tidak bisa diputar. Coba sekali lagi."));
  /** @param {string} code */
  const run = (code) => { if (audio.current) press({ code, altKey: true }, audio.current, failed); };
  useLayoutEffect(() => {
    /** @param {KeyboardEvent} event */
    const keys = (event) => {
      if (audio.current && !event.repeat && press(event, audio.current, failed)) event.preventDefault();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  const paused = audio.current?.paused ?? true;
  const rate = audio.current?.playbackRate ?? 1;
  /**
   * @param {string} code
   * @param {string} text
   */
  const button = (code, text) => html`<button type="button" class="button slim"
    aria-keyshortcuts=${`Alt+${code.slice(3)}`} onClick=${() => run(code)}>${text}
    <kbd>Alt+${code.slice(3)}</kbd></button>`;
  return html`<div class="player" role="group" aria-label=${label}>
    <audio ref=${audio} controls preload="none" src=${`/rekaman/${encodeURIComponent(call)}`} aria-label=${label}
      onPlay=${look} onPause=${look} onRateChange=${look}></audio>
    ${button("KeyR", paused ? "Putar" : "Hentikan")}${button("KeyB", `Mundur ${BACK_S} detik`)}
    ${button("KeyL", `Laju ${String(rate).replace(".", ",")}×`)}
  </div>`;
}
