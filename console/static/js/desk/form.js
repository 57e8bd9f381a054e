// @ts-check
// The ticket form: category, place, report, reporter, agencies; made for two hands on a keyboard.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../../vendor/preact-htm.js";
import { sayError, say } from "../shared/toast.js";
import { Combobox } from "../shared/combobox.js";
import { Conflicts, Ended, Others, Recall } from "./conflicts.js";
import { draftOf, leaveDraft } from "./draft.js";
import { Leaving } from "./leaving.js";
import { Merged, Similar, useSimilar } from "./merging.js";
import { PositionLine, addPosition } from "../cases/position.js";
import { fieldsOf, positionOf, usePlaces, withWords } from "./places.js";
import { OpdChoice, Sent, shortName } from "../shared/opds.js";
import { useProposal } from "../cases/proposal.js";
import { Unread } from "../cases/unread.js";
import { exact } from "../shared/time.js";
import { Tracking } from "../shared/tracking.js";
import { undoTicket } from "../cases/undo.js";
import { VerdictButtons } from "./verdict.js";
import { KINDS } from "../shared/words.js";

/** @typedef {import("./draft.js").Field} Field */

const QUICK = 8;
const LONGEST_DESA = 60;

/**
 * @param {HTMLFormElement | null} form
 * @param {string} selector
 */
function focusOn(form, selector) {
  /** @type {HTMLElement | null | undefined} */ (form?.querySelector(selector))?.focus();
}

/**
 * A draft for the ticket on the screen; it outlives the form only in the browser's storage.
 * @param {Ticket} ticket
 */
function useDraft(ticket) {
  const [, draw] = useState(0);
  const draft = useMemo(() => draftOf(ticket.number, () => draw((count) => count + 1)), [ticket.number]);
  draft.take(ticket);
  useEffect(() => {
    const save = () => draft.save();
    addEventListener("pagehide", save);
    return () => { removeEventListener("pagehide", save); leaveDraft(draft); };
  }, [draft]);
  return draft;
}

/**
 * @param {{
 *   ticket: Ticket, reference: Reference, changed?: () => void,
 *   onJudged: (verdict: string, undone: () => void) => void,
 *   finish?: unknown, asked?: import("./leaving.js").Question | null, answered?: () => void,
 *   others?: string[]
 * }} props
 */
export function TicketForm({
  ticket, reference, onJudged, changed = () => {}, finish = null, asked = null, answered = () => {},
  others = [],
}) {
  const draft = useDraft(ticket);
  const { fields } = draft;
  const proposal = useProposal(fields.category, fields.kecamatan);
  const [similar, look] = useSimilar(ticket, fields);
  const seen = useRef(/** @type {Set<string>} */ (new Set())); // what was proposed once holds no dispatch up
  for (const report of similar) seen.current.add(report.number);
  const [chosen, setChosen] = useState(/** @type {Record<string, boolean>} */ ({})); // by hand: code -> true or false
  const [sending, setSending] = useState(false);
  const [placed, setPlaced] = useState(0); // positions that were added here
  const [judged, setJudged] = useState(/** @type {string | null} */ (null)); // answered, and not yet in the ticket
  useEffect(() => setJudged(null), [ticket.verdict]);
  // the tracking number, answered and not yet in the ticket
  const [filed, setFiled] = useState(/** @type {string | null} */ (null));
  const [direct, setDirect] = useState(false); // a complaint that goes to an agency without the inbox
  const tracking = ticket.tracking || filed;
  const wadul = fields.kind === "complaint";
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const had = ticket.assignments.filter((assignment) => !assignment.ended_at).map((assignment) => assignment.opd);
  // whoever had it and ended it is sent again by a hand alone: a second Ctrl+Enter must ring no new siren there
  const before = ticket.assignments.map((assignment) => assignment.opd);
  const opds = reference.opds.map((opd) => opd.code).filter((code) => !had.includes(code)
    && (chosen[code] ?? (proposal.opds.includes(code) && !before.includes(code))));

  /** @param {Field} field */
  const set = (field) => (/** @type {any} */ event) => draft.set(field, event.target ? event.target.value : event);
  /** @param {() => unknown} work */
  const attempt = async (work) => {
    if (sending) return;
    setSending(true);
    try { await work(); } catch (error) {
      sayError(error);
      if (error.field) focusOn(form.current, `[name=${CSS.escape(error.field)}]`);
    }
    setSending(false);
  };
  const dispatch = () => attempt(async () => {
    if (!opds.length) throw Object.assign(new Error("Pilih paling sedikit satu OPD."), { field: "opds" });
    const known = new Set(seen.current);
    const fresh = (await look().catch(() => [])).filter((report) => report.sent.length && !known.has(report.number));
    if (fresh.length) {
      return say(`${fresh[0].number} mungkin kejadian yang sama. Alt+G menggabungkan, Ctrl+Enter tetap mengirim.`);
    }
    const answer = await draft.commit("dispatch", { opds });
    setChosen({});
    const names = answer.dispatched.map((/** @type {string} */ code) => shortName(reference, code));
    say(`${ticket.number} dikirim ke ${names.join(", ")}.`, undoTicket(ticket.number, "dispatch", changed));
  });
  const file = () => attempt(async () => setFiled((await draft.commit("wadul", {})).tracking));
  /** @param {string} master */
  const merge = (master) => attempt(async () => {
    const answer = await draft.commit("merge", { master });
    say(`${ticket.number} digabung ke ${answer.master}.`, undoTicket(ticket.number, "merge", changed));
    changed();
  });
  /**
   * @param {string} reason
   * @param {string | null} note
   */
  const refuse = (reason, note) => attempt(async () => {
    const { undo } = await draft.commit("not-sent", { reason, note });
    say(`${ticket.number} ditutup tanpa dikirim.`, undoTicket(ticket.number, undo, changed));
    changed();
  });
  const main = ticket.master ? () => draft.save() : wadul ? file : dispatch;
  /** @param {string} kind */
  const judge = (kind) => attempt(async () => {
    const answer = await draft.commit("verdict", { kind });
    setJudged(answer.verdict);
    onJudged(kind, () => setJudged(null)); // taken back before the ticket had it, it would stand here for ever
  });

  useLayoutEffect(() => {
    /** @param {any} event */
    const keys = (event) => {
      const sends = event.key === "Enter" && (event.ctrlKey || event.target.tagName === "INPUT");
      if (sends && event.repeat) return event.preventDefault(); // a finger that stays on the key sends once
      if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); main(); }
      if (event.key === "F3" && !event.altKey && !event.ctrlKey && !event.shiftKey) { // not the browser's own search
        event.preventDefault();
        focusOn(form.current, "#description");
      }
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  useLayoutEffect(() => { focusOn(form.current, "input"); }, [ticket.number]); // before the next key

  return html`<form class="ticket-form" ref=${form} onSubmit=${(event) => { event.preventDefault(); main(); }}>
    <${Judgement} kind=${fields.kind} set=${(kind) => draft.set("kind", kind)} verdict=${judged || ticket.verdict}
      judge=${judge} busy=${sending} />
    <${Others} names=${others} />
    <${Ended} draft=${draft} done=${changed} />
    ${tracking && html`<${Tracking} number=${tracking} />`}
    <fieldset class="through" disabled=${draft.ended}>
    <${Category} draft=${draft} reference=${reference} />
    <${Place} draft=${draft} reference=${reference} placed=${() => setPlaced((count) => count + 1)} />
    <div class="report">
      <${Wrong} draft=${draft} field="description">
        <label for="description">Uraian <kbd>F3</kbd></label>
        <textarea id="description" name="description" rows="3" maxlength="5000" value=${fields.description}
          onInput=${set("description")}
          placeholder="Apa yang terjadi, berapa orang, apa yang dibutuhkan"></textarea>
      <//>
      <div class="stack">
        <div class="reporter">
          <${Text} draft=${draft} field="reporter_name" label="Nama pelapor" longest=120 />
          <${Text} draft=${draft} field="reporter_number" label="Nomor pelapor" longest=40 mode="tel" />
        </div>
        <${PositionLine} number=${ticket.number} ended=${draft.ended}
          stamp=${`${placed} ${draft.revision} ${ticket.revision} ${ticket.updated_at}`} />
      </div>
    </div>
    </fieldset>
    <${Merged} ticket=${ticket} done=${changed} />
    ${ticket.master ? null : wadul && !direct
      ? html`<button type="button" class="button slim quiet direct"
        onClick=${() => setDirect(true)}>Langsung ke OPD, tanpa kotak masuk…</button>`
      : html`<${OpdChoice} reference=${reference} proposal=${proposal} opds=${opds} had=${had}
        choose=${(code, on) => setChosen({ ...chosen, [code]: on })} />`}
    <${Sent} assignments=${ticket.assignments} reference=${reference} />
    <${Unread} assignments=${ticket.assignments} reference=${reference} done=${changed} />
    <${Recall} assignments=${ticket.assignments} name=${(opd) => shortName(reference, opd)} done=${changed} />
    ${asked?.number === ticket.number && html`<${Leaving} question=${asked} ticket=${ticket} reference=${reference}
      send=${dispatch} refuse=${refuse} close=${answered} busy=${sending} />`}
    <div class="actions">
      <${Conflicts} draft=${draft} reference=${reference} />
      ${!ticket.master && !draft.ended && html`<${Similar} rows=${similar} reference=${reference} merge=${merge}
        busy=${sending} known=${Boolean(fields.category)} />`}
      <${Saved} draft=${draft} />
      ${wadul && direct && !ticket.master
        && html`<button type="button" class="button" disabled=${sending || !opds.length}
          onClick=${dispatch}>Kirim ke OPD</button>`}
      ${ticket.master ? null : wadul ? html`<button class=${`button ${tracking ? "" : "act"}`}
        disabled=${sending || Boolean(tracking)}>${sending ? "Mengirim…" : tracking ? "Sudah di Wadul"
        : "Kirim ke Wadul"} <kbd>Ctrl+Enter</kbd></button>`
        : html`<button class="button act" disabled=${sending || !opds.length}>${sending ? "Mengirim…"
          : "Kirim ke OPD"} <kbd>Ctrl+Enter</kbd></button>`}
      ${finish}
    </div>
  </form>`;
}

/**
 * @param {{
 *   kind: string, set: (kind: string) => void, verdict: string | null, judge: (verdict: string) => void,
 *   busy: boolean
 * }} props
 */
function Judgement({ kind, set, verdict, judge, busy }) {
  /** @param {string} word */
  const is = (word) => (kind === word ? "true" : "false");
  return html`<div class="judge" role="group" aria-label="Jenis laporan">
    <button type="button" class="button" aria-pressed=${is("emergency")}
      onClick=${() => set("emergency")}>Darurat</button>
    <button type="button" class="button" aria-pressed=${is("complaint")}
      onClick=${() => set("complaint")}>Bukan darurat → Wadul</button>
    <span class="grow"></span>
    <${VerdictButtons} verdict=${verdict} run=${judge} busy=${busy} keys=${true} />
  </div>`;
}

/** @param {{ draft: import("./draft.js").Draft, reference: Reference }} props */
function Category({ draft, reference }) {
  const { category, kind } = draft.fields;
  const wanted = kind === "complaint" ? "complaint" : "emergency";
  const list = [...reference.categories].sort((a, b) => Number(b.kind === wanted) - Number(a.kind === wanted));
  const quick = list.slice(0, QUICK);
  const chosen = reference.categories.find(({ code }) => code === category);
  /** @param {string | null} code */
  const pick = (code) => {
    draft.set("category", code);
    const kindOf = reference.categories.find((known) => known.code === code)?.kind;
    if (kindOf === "emergency" || kindOf === "complaint") draft.set("kind", kindOf);
  };
  /** @param {number} number */
  const digit = (number) => quick[number - 1] && (pick(quick[number - 1].code), true);
  const options = list.map((entry) => ({ value: entry.code, label: entry.name, note: KINDS[entry.kind],
    more: `${entry.code} ${entry.hint}` }));
  return html`
    <${Wrong} draft=${draft} field="category">
      <label for="category">Kategori <span class="muted">– ketik, atau angka 1–8</span></label>
      <${Combobox} id="category" options=${options} value=${category} onPick=${pick} onDigit=${digit}
        placeholder="mis. kebakaran" />
    <//>
    ${chosen ? chosen.hint && html`<p class="hint">Tanyakan: ${chosen.hint}</p>`
      : html`<div class="quick">${quick.map(({ code, name }, index) => html`
        <button type="button" tabindex="-1"
          onClick=${() => { pick(code); document.getElementById("kecamatan")?.focus(); }}><kbd>${index
          + 1}</kbd>${name}</button>`)}</div>`}`;
}

/** @param {{ draft: import("./draft.js").Draft, reference: Reference, placed: () => void }} props */
function Place({ draft, reference, placed }) {
  const { kecamatan, desa } = draft.fields;
  const all = Object.keys(reference.kecamatan).map((name) => ({ value: name, label: name }));
  const villages = kecamatan ? (reference.kecamatan[kecamatan] || []).map((name) => ({ value: name, label: name }))
    : Object.entries(reference.kecamatan)
      .flatMap(([name, list]) => list.map((village) => ({ value: `${name}/${village}`, label: village, note: name })));
  const { extra, hint, type, ask } = usePlaces(kecamatan);
  const typed = useRef("");
  /**
   * @param {import("./places.js").PlaceChoice} choice
   * @param {string} words
   */
  const placeAt = (choice, words) => {
    for (const [field, value] of Object.entries(fieldsOf(choice, words, draft.fields.address || ""))) {
      if (value !== (draft.fields[/** @type {Field} */ (field)] || "")) draft.set(/** @type {Field} */ (field), value);
    }
    const position = positionOf(choice, words);
    if (position) addPosition(draft.number, position).then(placed, sayError);
  };
  /** @param {string | null} value */
  const pickDesa = (value) => {
    const proposed = extra.choices.find((choice) => choice.value === value);
    if (proposed) return placeAt(/** @type {import("./places.js").PlaceChoice} */ (proposed), typed.current);
    if (value && value.length > LONGEST_DESA) { // a pasted link, a whole sentence
      draft.set("desa", "");
      return draft.set("address", withWords(draft.fields.address || "", value));
    }
    const [first, second] = villages.some((choice) => choice.value === value) ? (value || "").split("/") : [value];
    if (second) draft.set("kecamatan", first || null);
    draft.set("desa", second || first || null);
    if (second || !first || villages.some((choice) => choice.value === first)) return;
    ask(first).then((choices) => { // left before the server had answered
      const sure = choices.find((choice) => choice.sure);
      if (sure && draft.fields.desa === first) placeAt(sure, first);
    });
  };
  /** @param {string | null} value */
  const pickKecamatan = (value) => {
    const elsewhere = Object.values(reference.kecamatan).some((list) => list.includes(desa));
    // a village of another kecamatan goes; the caller's own words stay
    if (value && value !== kecamatan && elsewhere && !reference.kecamatan[value].includes(desa)) draft.set("desa", "");
    draft.set("kecamatan", value);
  };
  return html`
    <div class="where">
      <${Wrong} draft=${draft} field="kecamatan"><label for="kecamatan">Kecamatan</label>
        <${Combobox} id="kecamatan" options=${all} value=${kecamatan} onPick=${pickKecamatan} /><//>
      <${Wrong} draft=${draft} field="desa"><label for="desa">Desa / kelurahan</label>
        <${Combobox} id="desa" options=${villages} value=${desa} text=${desa} onPick=${pickDesa}
          free=${Boolean(kecamatan)} keeps=${true} extra=${extra}
          onType=${(/** @type {string} */ words) => { typed.current = words; type(words); }}
          placeholder=${kecamatan ? "" : "desa, patokan, titik"} />
        ${hint && html`<p class="hint" role="status">${hint}</p>`}<//>
      <${Text} draft=${draft} field="address" label="Alamat / patokan" longest=500 />
    </div>`;
}

/** @param {{ draft: import("./draft.js").Draft, field: Field, label: string, longest: number, mode?: string }} props */
function Text({ draft, field, label, longest, mode = "text" }) {
  return html`<${Wrong} draft=${draft} field=${field}><label for=${field}>${label}</label>
    <input id=${field} name=${field} type="text" inputmode=${mode} autocomplete="off" maxlength=${longest}
      value=${draft.fields[field]}
      onInput=${(event) => draft.set(field, event.target.value)} /><//>`;
}

/** @param {{ draft: import("./draft.js").Draft, field: Field, children: unknown }} props */
function Wrong({ draft, field, children }) {
  const text = draft.wrong[field];
  return html`<div class=${`field ${text ? "wrong" : ""}`}>${children}${text
    && html`<p class="error" role="alert">${text}</p>`}</div>`;
}

/** @param {{ draft: import("./draft.js").Draft }} props */
function Saved({ draft }) {
  if (draft.conflicts.size) return html`<span class="saved bad" role="status">Pilih dulu isian di atas</span>`;
  if (draft.error) return html`<span class="saved bad" role="status">Belum tersimpan: ${draft.error.message}</span>`;
  if (draft.dirty.size) return html`<span class="saved" role="status">Menyimpan…</span>`;
  return html`<span class="saved" role="status">${draft.savedAt ? `Tersimpan ${exact(draft.savedAt)}`
    : "Tersimpan otomatis"}</span>`;
}
