// @ts-check
// One incident, many callers: the desk names it, a sheet shows all callers and what will be done to whom, and one key
// does it.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { get, post } from "../shared/api.js";
import { Card } from "../shared/card.js";
import { shortName } from "../shared/opds.js";
import { moment } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";
import { phone } from "../shared/words.js";
import { Ending } from "./ending.js";
import { undoClosing, undoCrowd } from "../cases/undo.js";
import { ACTS, chosenAtFirst, concerned, doing, effects, joining, meant, told } from "./crowd.js";

const WISHES = /** @type {const} */ ([
  { acts: ["link", "judge"], label: "Gabungkan dan nilai asli" },
  { acts: ["called"], label: "Tidak perlu ditelepon balik" },
]);

/**
 * @param {{ category: string | null, kecamatan: string | null, desa: string | null }} row
 * @param {Reference} reference
 */
export const incidentName = (row, reference) => [
  reference.categories.find(({ code }) => code === row.category)?.name || "Kejadian", row.desa || row.kecamatan,
].filter(Boolean).join(" ");

/**
 * Incidents whose callers still wait for something. Alt+K opens that of the ticket in the form, or else the first.
 * @param {{
 *   rows: Incident[], reference: Reference, ticket: Ticket | null, open: (number: string) => void
 * }} props
 */
export function Incidents({ rows, reference, ticket, open }) {
  const wanted = meant(rows, ticket);
  useLayoutEffect(() => {
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyK" || !wanted) return;
      event.preventDefault();
      if (!event.repeat) open(wanted.number);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  const shown = rows.filter((row) => row.callbacks);
  if (!shown.length) return null;
  return html`<${Card} title="Satu kejadian" count=${shown.length} hot>
    ${shown.map((row) => html`<li key=${row.number} class="incident"><div class="main">
      <strong>${incidentName(row, reference)}</strong>
      <div class="small muted">${row.callers} penelepon${row.waiting
        ? ` · ${row.waiting} menutup sebelum dijawab` : ""}</div></div>
      <button type="button" class="button slim" aria-haspopup="dialog" onClick=${() => open(row.number)}>
        Urus ${row.callbacks}${row === wanted ? html` <kbd>Alt+K</kbd>` : ""}</button></li>`)}
  <//>`;
}

/**
 * All callers of one incident, and what will be done to whom.
 * @param {{
 *   number: string, reference: Reference, leave: () => void, open: (ticket: string) => void, changed?: () => void
 * }} props
 */
export function IncidentSheet({ number, reference, leave, open, changed = () => {} }) {
  const [plan, setPlan] = useState(/** @type {IncidentPlan | null} */ (null));
  const [chosen, setChosen] = useState(/** @type {Set<string>} */ (new Set()));
  const [acts, setActs] = useState(/** @type {string[]} */ (WISHES.flatMap((wish) => wish.acts)));
  const [refused, setRefused] = useState(/** @type {SettledCaller[]} */ ([]));
  const [busy, setBusy] = useState(false);
  const read = async () => {
    const answer = await get(`/api/tickets/${encodeURIComponent(number)}/incident`);
    setPlan(answer);
    setChosen(new Set(chosenAtFirst(answer.callers)));
  };
  useEffect(() => { read().catch((error) => { sayError(error); leave(); }); }, [number]);
  const callers = plan?.callers || [];
  const tickets = concerned(callers, chosen, acts);
  /** @param {string} [close] the reason for which the incident is over */
  const run = async (close) => {
    if (busy || (!tickets.length && !close)) return;
    setBusy(true);
    try {
      const body = { tickets, acts: tickets.length ? acts : [], ...(close && { close }) };
      const { rows, closed } = await post(`/api/tickets/${encodeURIComponent(number)}/incident`, body);
      const left = rows.filter((/** @type {SettledCaller} */ row) => row.refused.length);
      const master = plan?.incident.number || number;
      if (closed) say(`${closed} tiket ditutup.`, undoClosing(master, tickets, changed));
      else say(told(rows), undoCrowd(master, tickets, changed));
      changed();
      if (left.length) { setRefused(left); await read(); } else leave();
    } catch (error) { sayError(error); }
    setBusy(false);
  };
  /** @param {string} ticket */
  const turn = (ticket) => setChosen((now) => {
    const next = new Set(now);
    if (!next.delete(ticket)) next.add(ticket);
    return next;
  });
  /** @param {readonly string[]} wished */
  const wish = (wished) => setActs(wished.every((act) => acts.includes(act))
    ? acts.filter((act) => !wished.includes(act)) : [...acts, ...wished]);
  return html`<${Sheet} leave=${leave} run=${() => run()} label="Penelepon satu kejadian">
    <header><h2>${plan ? `${incidentName(plan.incident, reference)} · ${plan.callers_count} penelepon` : "Memuat…"}</h2>
      <button type="button" class="button slim quiet" onClick=${leave}>Tutup <kbd>Esc</kbd></button></header>
    ${plan && html`<div class="wishes" role="group" aria-label="Yang dilakukan">${WISHES.map((entry) =>
      html`<button type="button" key=${entry.label} class="toggle"
        aria-pressed=${entry.acts.every((act) => acts.includes(act)) ? "true" : "false"}
        onClick=${() => wish(entry.acts)}>${entry.label}</button>`)}</div>
      <ul class="rows callers">${callers.map((row) => html`<${Caller} key=${row.ticket} row=${row} acts=${acts}
        chosen=${chosen.has(row.ticket)} turn=${() => turn(row.ticket)} open=${() => open(row.ticket)} />`)}</ul>
      <footer><div class="preview" role="status"><${Preview} plan=${plan} chosen=${chosen} acts=${acts}
        refused=${refused} reference=${reference} /></div>
      <button type="button" class="button act" disabled=${busy || !tickets.length} onClick=${() => run()}>
        Lakukan untuk ${tickets.length} penelepon <kbd>Ctrl+Enter</kbd></button>
      <${Ending} plan=${plan} joining=${joining(callers, tickets, acts)} close=${run} busy=${busy} /></footer>`}
  <//>`;
}

/**
 * A sheet over the page that keeps its keys to itself.
 * @param {{ leave: () => void, run: () => void, label: string, children: unknown }} props
 */
function Sheet({ leave, run, label, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => { dialog.current?.showModal(); }, []);
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    const go = event.ctrlKey && event.key === "Enter";
    // the form below has the same keys: they are not for it
    if (go || event.altKey || event.key === "F9") event.stopPropagation();
    if (!go) return;
    event.preventDefault();
    if (!event.repeat) run();
  };
  return html`<dialog class="incident-sheet" ref=${dialog} aria-label=${label} onKeyDown=${keys}
    onCancel=${(/** @type {Event} */ event) => { event.preventDefault(); leave(); }}>${children}</dialog>`;
}

/**
 * @param {{
 *   row: IncidentCaller, acts: string[], chosen: boolean, turn: () => void, open: () => void
 * }} props
 */
function Caller({ row, acts, chosen, turn, open }) {
  const will = chosen ? doing(row, acts) : [];
  const shown = phone(row.display || row.reporter_number || "Tanpa nomor");
  const words = row.description || row.address
    || (row.linked === null ? "menutup sebelum dijawab" : "tanpa uraian");
  return html`<li class=${row.does.length ? "" : "settled"}>
    <label class="pick"><input type="checkbox" checked=${chosen && row.does.length > 0} disabled=${!row.does.length}
      onChange=${turn} aria-label=${`Pilih ${shown}`} /></label>
    <div class="main"><div><strong class="num">${shown}</strong> <span
      class="small muted">${`${moment(row.created_at)} · ${words}`}</span></div>
      <div class="chips">${row.linked === false && html`<span class="chip">laporan pertama</span>`}
        ${row.linked && html`<span class="chip">sudah digabung</span>`}
        ${row.doubtful && html`<span class="chip wait">${row.doubtful}</span>`}
        ${will.map((act) => html`<span class="chip info">${ACTS[act].will}</span>`)}
        ${Object.values(row.unable).map((reason) => html`<span class="chip wait">${reason}</span>`)}</div></div>
    <button type="button" class="button slim quiet" onClick=${open}>Buka</button></li>`;
}

/**
 * @param {{
 *   plan: IncidentPlan, chosen: Set<string>, acts: string[], refused: SettledCaller[], reference: Reference
 * }} props
 */
function Preview({ plan, chosen, acts, refused, reference }) {
  const parts = effects(plan.callers, chosen, acts).map(({ act, count }) => `${count} ${ACTS[act].will}`);
  const names = plan.incident.opds.map((code) => shortName(reference, code)).join(", ");
  const more = plan.callers_count - plan.callers.length;
  return html`<p><strong>${parts.length ? `${parts.join(", ")}.` : "Tidak ada yang dipilih."}</strong>
    ${names ? ` Semua tiketnya selesai bersama ${names}.`
      : " Belum ada OPD: tiketnya tetap terbuka bersama kejadian ini."}
    ${more > 0 ? ` ${more} penelepon lain menyusul setelah ini.` : ""}</p>
    ${refused.length > 0 && html`<p class="error">${refused.length} tidak berubah: ${refused.slice(0, 3).map((row) =>
      `${phone(row.display || row.ticket)} ${row.refused.join(", ")}`).join("; ")}.</p>`}`;
}
