// @ts-check
// A list that is searched by typing: arrows move, Enter takes, Escape closes. Typed words never vanish: where they are
// not in the list they count as they are (`free`, `keeps`), or stay to be seen until somebody chooses.
import { html, useEffect, useRef, useState } from "../../vendor/preact-htm.js";

/**
 * `sure`: a proposal that no other place can be meant by; `guess`: nothing takes it but a key or a finger.
 * @typedef {{ value: string, label: string, note?: string, more?: string, sure?: boolean, guess?: boolean }} Choice
 */
/** @typedef {{ typed: string, choices: Choice[] }} Extra proposals for these typed words */

const MAX_SHOWN = 40;
const LEAVING = ["Tab", "F3"]; // keys that go on to another field: F3 is that of the report
/** @type {Extra} */
const NOTHING = { typed: "", choices: [] };
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
 * The list's own matches and the proposals behind them, none twice.
 * @param {Choice[]} matches
 * @param {Extra} extra
 * @param {string} typed
 * @returns {Choice[]}
 */
export function joined(matches, extra, typed) {
  const fresh = extra.typed === typed.trim();
  /** @param {Choice} choice */
  const isNew = (choice) => !matches.some(({ label, note }) => label === choice.label
    && (!note || note === choice.note));
  return [...matches, ...extra.choices.filter(isNew).map((choice) => ({ ...choice, guess: !(choice.sure && fresh) }))]
    .slice(0, MAX_SHOWN);
}

/**
 * What becomes of typed words when somebody leaves the field: a choice is taken (null: none), the words count as they
 * are (`own`), or they stay to be seen and count for nothing (`stray`). `free`: words win over a longer choice;
 * `keeps`: words count where no choice is meant for sure.
 * @param {Choice[]} options
 * @param {string} typed
 * @param {{ free?: boolean, keeps?: boolean, extra?: Extra }} how
 * @returns {{ take: Choice | null } | { own: string } | { stray: string }}
 */
export function settled(options, typed, { free = false, keeps = false, extra = NOTHING }) {
  const words = typed.trim();
  if (words === "") return { take: null };
  const proposed = joined(search(options, words), extra, words)[0];
  if (proposed?.sure && !proposed.guess) return { take: proposed };
  if (free) return { own: words };
  const matches = search(options, words);
  const same = matches.filter((choice) => plain(choice.label) === plain(words));
  if (same.length === 1 || (!same.length && matches.length === 1)) return { take: same[0] || matches[0] };
  if (same.length && !keeps) return { take: same[0] };
  return keeps ? { own: words } : { stray: words };
}

/**
 * @param {{
 *   id: string, options: Choice[], value: string | null, text: string | undefined, onPick: (value: any) => void,
 *   free?: boolean, keeps?: boolean, placeholder?: string, autofocus?: boolean, extra?: Extra,
 *   onType?: (typed: string) => void, onDigit?: ((digit: number) => boolean | undefined) | null, label?: string | null
 * }} props
 */
export function Combobox({ id, options, value, text, onPick, free = false, keeps = false, placeholder = "",
  autofocus = false, extra = NOTHING, onType = () => {}, onDigit = null, label = null }) {
  // A ref, not a state: the next key may come before the next drawing. null: shows the value.
  const typing = useRef(/** @type {string | null} */ (null));
  const [, draw] = useState(0);
  const [moved, setMoved] = useState(/** @type {number | null} */ (null)); // by arrows, within the list
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {string | null} now */
  const setTyped = (now) => { typing.current = now; draw((count) => count + 1); };
  const typed = typing.current;
  const [stray, setStray] = useState(""); // words that no choice is meant by, for everybody to see
  useEffect(() => { if (value) setStray(""); }, [value]);
  const matches = typed === null ? [] : joined(search(options, typed), extra, typed);
  const at = moved === null || moved >= matches.length ? (matches[0]?.guess ? -1 : 0) : moved;
  const open = typed !== null && matches.length > 0;
  const shown = typed !== null ? typed : stray
    || (text ?? (options.find((choice) => choice.value === value)?.label || value || ""));
  const unknown = typed === null && Boolean(stray || (text && (free || keeps) && !listed(options, text)));

  /** @param {{ value: string } | null} choice */
  const take = (choice) => { setTyped(null); setStray(""); setMoved(null); onPick(choice ? choice.value : null); };
  /** @param {string} words */
  const own = (words) => { setTyped(null); setStray(""); onPick(words); };
  const leave = () => {
    const left = typing.current;
    if (left === null) return;
    const end = settled(options, left, { free, keeps, extra });
    if ("take" in end) take(end.take);
    else if ("own" in end) own(end.own);
    else { take(null); setStray(end.stray); }
  };
  /**
   * Words win over the list, unless an arrow or the server chose, or something in it begins with them.
   * @param {string} words
   */
  const ownWords = (words) => free && moved === null && !(matches[at]?.sure && !matches[at].guess)
    && !matches.some((choice) => !choice.guess && plain(choice.label).startsWith(plain(words)));
  /** @param {any} event */
  const keys = (event) => {
    if (onDigit && typed === null && !shown && /^[1-8]$/.test(event.key) && !event.ctrlKey && !event.altKey
      && !event.repeat && onDigit(Number(event.key))) {
      event.preventDefault();
      next(event.target);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (typed === null) return setTyped("");
      const step = event.key === "ArrowDown" ? at + 1 : Math.max(at, 0) - 1;
      setMoved((step + matches.length) % Math.max(1, matches.length));
    } else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (typed && (at < 0 || ownWords(typed))) own(typed.trim()); else if (open) take(matches[at]);
      next(event.target);
    } else if (LEAVING.includes(event.key) && typed && open && at >= 0) {
      const begins = plain(matches[at].label).startsWith(plain(typed));
      if (free && !begins && ownWords(typed)) own(typed.trim()); else take(matches[at]);
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
      aria-describedby=${unknown ? `${id}-unknown` : null}
      aria-activedescendant=${open && at >= 0 ? `${id}-${at}` : null} value=${shown}
      onInput=${(event) => { setTyped(event.target.value); setMoved(null); onType(event.target.value); }}
      onFocus=${(event) => event.target.select()} onClick=${() => typed === null && setTyped("")} onKeyDown=${keys}
        onBlur=${leave} />
    ${unknown && html`<small class="unknown" id=${`${id}-unknown`}>belum dikenal</small>`}
    <ul id=${`${id}-list`} role="listbox" hidden=${!open}>
      ${open && matches.map((choice, index) =>
        html`<li id=${`${id}-${index}`} role="option" aria-selected=${index === at ? "true" : "false"}
        onMouseDown=${(event) => { event.preventDefault(); take(choice); next(input.current); }}>
        <span>${choice.label}</span>${choice.note && html`<small>${choice.note}</small>`}</li>`)}
    </ul>
  </div>`;
}

/**
 * @param {Choice[]} options
 * @param {string} words
 */
const listed = (options, words) => options.some((choice) => plain(choice.label) === plain(words));

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
