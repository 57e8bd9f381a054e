// @ts-check
// A list that is searched by typing: arrows move, Enter takes, Escape closes. `free` lets other text stand.
import { html, useRef, useState } from "../../vendor/preact-htm.js";

/** @typedef {{ value: string, label: string, note?: string, more?: string }} Choice */

const MAX_SHOWN = 40;
/** @param {string} text */
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[^a-z0-9 ]/g, "");

/**
 * options: [{value, label, more?}]; matches at the start of a word come first.
 * @param {Choice[]} options
 * @param {string} typed
 */
export function search(options, typed) {
  const wanted = plain(typed).trim();
  if (!wanted) return options.slice(0, MAX_SHOWN);
  /** @param {Choice} choice */
  const rank = (choice) => {
    const text = plain(`${choice.label} ${choice.more || ""}`);
    if (plain(choice.label).startsWith(wanted)) return 0;
    if (text.includes(` ${wanted}`)) return 1;
    return text.includes(wanted) ? 2 : 9;
  };
  return options.map((choice) => ({ order: rank(choice), choice })).filter(({ order }) => order < 9)
    .sort((a, b) => a.order - b.order).map(({ choice }) => choice).slice(0, MAX_SHOWN);
}

/**
 * @param {{
 *   id: string, options: Choice[], value: string | null, text: string | undefined, onPick: (value: any) => void,
 *   free?: boolean, placeholder?: string, autofocus?: boolean,
 *   onDigit?: ((digit: number) => boolean | undefined) | null, label?: string | null
 * }} props
 */
export function Combobox({ id, options, value, text, onPick, free = false, placeholder = "", autofocus = false,
  onDigit = null, label = null }) {
  // A ref, not a state: the next key may come before the next drawing. null: shows the value.
  const typing = useRef(/** @type {string | null} */ (null));
  const [, draw] = useState(0);
  const [at, setAt] = useState(0);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {string | null} now */
  const setTyped = (now) => { typing.current = now; draw((count) => count + 1); };
  const typed = typing.current;
  const matches = typed === null ? [] : search(options, typed);
  const open = typed !== null && matches.length > 0;
  const shown = typed !== null ? typed : text
    ?? (options.find((choice) => choice.value === value)?.label || value || "");

  /** @param {{ value: string } | null} choice */
  const take = (choice) => { setTyped(null); setAt(0); onPick(choice ? choice.value : null); };
  const leave = () => {
    const left = typing.current;
    if (left === null) return;
    const match = search(options, left);
    if (left.trim() === "") take(null);
    else if (free) { setTyped(null); onPick(left.trim()); }
    else if (match.length && (plain(match[0].label) === plain(left) || match.length === 1)) take(match[0]);
    else setTyped(null);
  };
  /** @param {any} event */
  const keys = (event) => {
    if (onDigit && typed === null && !shown && /^[1-8]$/.test(event.key) && !event.ctrlKey && !event.altKey
      && onDigit(Number(event.key))) {
      event.preventDefault();
      next(event.target);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (typed === null) return setTyped("");
      setAt((at + (event.key === "ArrowDown" ? 1 : matches.length - 1)) % Math.max(1, matches.length));
    } else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      const own = free && typed && !matches.some((choice) => plain(choice.label).startsWith(plain(typed)));
      if (typed && own) { setTyped(null); onPick(typed.trim()); } else if (open) take(matches[at]);
      next(event.target);
    } else if (event.key === "Tab" && typed && open) {
      take(free && !plain(matches[at].label).startsWith(plain(typed)) ? { value: typed.trim() } : matches[at]);
    } else if (event.key === "Escape" && typed !== null) {
      event.stopPropagation();
      setTyped(null);
    }
  };

  return html`<div class="combo">
    <input ref=${input} id=${id} name=${id} role="combobox" type="text" autocomplete="off" spellcheck="false"
      placeholder=${placeholder}
      aria-label=${label} aria-expanded=${open ? "true" : "false"} aria-controls=${`${id}-list`}
        aria-autocomplete="list" autofocus=${autofocus}
      aria-activedescendant=${open ? `${id}-${at}` : null} value=${shown}
      onInput=${(event) => { setTyped(event.target.value); setAt(0); }}
      onFocus=${(event) => event.target.select()} onClick=${() => typed === null && setTyped("")} onKeyDown=${keys}
        onBlur=${leave} />
    <ul id=${`${id}-list`} role="listbox" hidden=${!open}>
      ${open && matches.map((choice, index) =>
        html`<li id=${`${id}-${index}`} role="option" aria-selected=${index === at ? "true" : "false"}
        onMouseDown=${(event) => { event.preventDefault(); take(choice); next(input.current); }}>
        <span>${choice.label}</span>${choice.note && html`<small>${choice.note}</small>`}</li>`)}
    </ul>
  </div>`;
}

/**
 * The next field of the same form gets the focus.
 * @param {any} from
 */
function next(from) {
  const form = from.closest("form");
  if (!form) return;
  const fields = [...form.querySelectorAll("input, textarea, select")].filter((field) => field.offsetParent !== null
    && !field.disabled);
  fields[fields.indexOf(from) + 1]?.focus();
}
