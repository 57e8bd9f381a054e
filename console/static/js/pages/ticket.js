// @ts-check
// One ticket whole: what was reported, who has it, the recording, and everything that happened.
import { html, useLayoutEffect, useState } from "../../vendor/preact-htm.js";
import { Act } from "../shared/act.js";
import { KnowButton, KnownBy, Phones, knowing } from "../cases/above.js";
import { NudgeButton, NudgedBy } from "../cases/nudge.js";
import { Positions } from "../cases/position.js";
import { ByRadio } from "../cases/unread.js";
import { post } from "../shared/api.js";
import { startSweeping } from "../shared/drafts.js";
import { ChangeLines } from "../shared/changes.js";
import { Declining, Proofs } from "../agency/closing.js";
import { IncidentSheet } from "../desk/incident.js";
import { Others } from "../desk/conflicts.js";
import { TicketForm } from "../desk/form.js";
import { Merged } from "../desk/merging.js";
import { flat } from "../desk/ticket_row.js";
import { More, useMore } from "../shared/more.js";
import { OpdChoice, personOf, shortName } from "../shared/opds.js";
import { start } from "../shared/shell.js";
import { storyLines } from "../story/story.js";
import { nameOf } from "../shared/people.js";
import { Since, exact, moment } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";
import { undoStep, undoTicket } from "../cases/undo.js";
import { COMPLAINTS, Tracking, complaintTone } from "../shared/tracking.js";
import { VerdictButtons } from "../desk/verdict.js";
import {
  CHANNELS, KINDS, LANGUAGES, SOURCES, STATES, STATUSES, VERDICTS, phone, sentence, stateTone,
} from "../shared/words.js";

const { number, role, user } = document.body.dataset;
const HANDED_ON = ["dikirim", "diterima", "ditolak"];
/** @type {Record<string, string[]>} */
const NEXT = { dikirim: ["diterima", "Catat: diterima"], diterima: ["berangkat", "Catat: berangkat"],
  berangkat: ["di_lokasi", "Catat: di lokasi"], di_lokasi: ["selesai", "Catat: selesai"],
  ditolak: ["diterima", "Catat: diterima"] };

/** @param {{ data: TicketSnapshot, reference: Reference }} props */
function Ticket({ data, reference }) {
  const { ticket, proposal } = data;
  const open = ticket.status === "open" || ticket.status === "dispatched";
  const [mending, setMending] = useMending();
  const others = data.open_here.filter((row) => row.user !== user).map((row) => row.display);
  const category = reference.categories.find(({ code }) => code === ticket.category);
  return html`<main class="sheet-page">
    <section class="card title"><h1>${category?.name
      || KINDS[ticket.kind]}</h1><span class="chip">${ticket.number}</span>
      <span class=${`chip ${ticket.status === "dispatched" ? "wait" : ""}`}>${STATUSES[ticket.status]}</span>
        <span class="chip">${KINDS[ticket.kind]}</span>
      <span class="muted small">${moment(ticket.created_at)} · ${SOURCES[ticket.source]
        || ticket.source}${ticket.operator ? ` · operator ${nameOf(reference, ticket.operator)}` : ""}</span></section>
    <div class="stack">
      ${mending ? html`<section class="card work" aria-label="Tiket yang diperbaiki">
          <${TicketForm} ticket=${flat(ticket)} reference=${reference} onJudged=${() => {}} others=${others}
            finish=${html`<button type="button" class="button" onClick=${() => setMending(false)}>Tutup formulir
              <kbd>F9</kbd></button>`} /></section>`
        : html`<${Others} names=${others} />`}
      ${!open && !mending && html`<section class="ended" role="status">
        <p><strong>Tiket ini sudah selesai.</strong> Isinya hanya bisa diubah setelah dibuka lagi.</p>
        <${Act} label="Buka lagi…" ask="Alasan membuka lagi"
          run=${(reason) => post(`/api/tickets/${number}/reopen`, { reason })} /></section>`}
      ${data.complaint && html`<section class="card">
        <header><h2>Wadul Bupati</h2><span class=${`chip ${complaintTone(data.complaint.state)}`}>
          ${COMPLAINTS[data.complaint.state]}</span></header>
        <div class="pad"><${Tracking} number=${data.complaint.tracking} />${data.complaint.text
          && html`<p>Jawaban: ${data.complaint.text}</p>`}
          ${data.complaint.link && html`<a href=${data.complaint.link} target="_blank"
            rel="noopener noreferrer nofollow">Kiriman media sosial ↗</a>`}</div></section>`}
      ${ticket.hold && html`<div class="bar warn" role="status">
        <p>Ditahan sejak ${moment(ticket.hold.at)}: ${ticket.hold.reason}. Tidak ada yang dihapus dari tiket ini.</p>
          </div>`}
      <${Facts} mend=${open && !mending ? () => setMending(true) : null} ticket=${ticket} callbacks=${data.callbacks}
        reference=${reference} />
      <${Merged} ticket=${ticket} />
      ${(ticket.merged.length > 0 || ticket.master) && html`<${Reports} data=${data} reference=${reference} />`}
      <${Judging} ticket=${ticket} />
      <section class="card"><header><h2>Penugasan OPD</h2>
        <span class="count">${ticket.assignments.length}</span></header><div class="pad">
        ${ticket.assignments.map((assignment) =>
          html`<${Assignment} key=${assignment.id} assignment=${assignment} ticket=${ticket}
            known=${knowing(data.known, assignment.id)} reference=${reference}
            nudged=${data.nudged.filter((row) => row.assignment === assignment.id)} />`)}
        ${open && !ticket.master && html`<${Dispatch} ticket=${ticket} proposal=${proposal} reference=${reference} />`}
        ${open && !ticket.master && !ticket.assignments.some((assignment) => !assignment.ended_at)
          && html`<${Act} label="Tutup tanpa OPD…" ask="Catatan penutup"
            run=${async (note) => {
              await post(`/api/tickets/${number}/close`, { note });
              say("Tiket ditutup.", undoTicket(number, "close"));
            }} />`}
      </div></section>
    </div>
    <${Timeline} data=${data} reference=${reference} />
  </main>`;
}

/**
 * The other callers of the same incident, and the sheet for all of them.
 * @param {{ data: TicketSnapshot, reference: Reference }} props
 */
function Reports({ data, reference }) {
  const { ticket, merged_count: count } = data;
  const [all, setAll] = useState(false);
  const callers = html`<button type="button" class="button slim" aria-haspopup="dialog" onClick=${() => setAll(true)}>
    Semua penelepon…</button>`;
  return html`<section class="card">
    <header><h2>Laporan lain dari kejadian ini</h2>${callers}
      ${ticket.merged.length > 0 && html`<span class="count">${count}</span>`}</header>
    <div class="pad"><div class="chips">${ticket.merged.map((report) =>
      html`<a class="chip" href=${`/tiket/${report}`}>${report}</a>`)}
      ${count > ticket.merged.length && html`<span class="small muted">… dan ${count - ticket.merged.length} lainnya:
        «Semua penelepon»</span>`}</div></div>
    ${all && html`<${IncidentSheet} number=${number} reference=${reference} leave=${() => setAll(false)}
      open=${(/** @type {string} */ one) => { location.href = `/tiket/${one}`; }} />`}</section>`;
}

/** The form of the desk on this page: F4 opens it, F9 closes it. */
function useMending() {
  const [mending, setMending] = useState(false);
  useLayoutEffect(() => {
    /** @param {KeyboardEvent} event */
    const keys = (event) => {
      if (event.key !== "F4" && event.key !== "F9") return;
      event.preventDefault();
      setMending(event.key === "F4");
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  return /** @type {const} */ ([mending, setMending]);
}

/**
 * @param {{
 *   ticket: WholeTicket, callbacks: RecordedCallback[], mend: (() => void) | null, reference: Reference
 * }} props
 */
function Facts({ ticket, callbacks, mend, reference }) {
  const where = [ticket.place.address, ticket.place.desa,
    ticket.place.kecamatan && `Kec. ${ticket.place.kecamatan}`].filter(Boolean).join(", ");
  /**
   * @param {string} name
   * @param {unknown} value
   */
  const fact = (name, value) => html`<div class="field"><span class="label">${name}</span><div>${value
    || html`<span class="muted">belum diisi</span>`}</div></div>`;
  const called = ticket.reporter.number || ticket.caller?.display;
  return html`<section class="card"><header><h2>Laporan</h2>${mend
    && html`<button type="button" class="button slim" onClick=${mend}>Perbaiki <kbd>F4</kbd></button>`}</header>
    <div class="pad">
    ${fact("Tempat", where)}<${Positions} position=${ticket.position} rows=${ticket.positions} />
    ${fact("Uraian", ticket.description)}
    ${fact("Pelapor", [ticket.reporter.name, called && phone(called),
      ticket.caller?.language && `memilih ${LANGUAGES[ticket.caller.language] || ticket.caller.language}`]
      .filter(Boolean).join(" · "))}
    ${ticket.caller?.recording && html`<div class="field"><span class="label">Rekaman</span>
      <audio controls preload="none" src=${`/rekaman/${encodeURIComponent(ticket.call || "")}`}></audio></div>`}
    ${callbacks.map((callback) => html`<div class="field" key=${callback.id}>
      <span class="label">Telepon balik ${moment(callback.talked_at)}, ${nameOf(reference,
        callback.operator)}</span>
      <audio controls preload="none" src=${`/rekaman/balik/${callback.id}`}></audio></div>`)}
  </div></section>`;
}

/**
 * A press judges; who is no operator and changes another's verdict says why.
 * @param {{ ticket: WholeTicket }} props
 */
function Judging({ ticket }) {
  const [wanted, setWanted] = useState(/** @type {string | null} */ (null));
  const [busy, setBusy] = useState(false);
  /**
   * @param {string} kind
   * @param {string} [reason]
   */
  const give = async (kind, reason) => {
    setBusy(true);
    try {
      await post(`/api/tickets/${number}/verdict`, { kind, ...(reason && { reason }) });
      setWanted(null);
      say(`Dinilai ${VERDICTS[kind]}.`, undoTicket(number, "verdict"));
    } catch (error) {
      if (error.field === "reason") setWanted(kind); else sayError(error);
    }
    setBusy(false);
  };
  return html`<section class="card"><header><h2>Penilaian</h2></header><div class="pad">
    <${VerdictButtons} verdict=${ticket.verdict} run=${(kind) => kind !== ticket.verdict && give(kind)} busy=${busy} />
    ${wanted && html`<${Reason} key=${wanted} label=${`Ubah menjadi ${VERDICTS[wanted]}`}
      give=${(reason) => give(wanted, reason)} leave=${() => setWanted(null)} />`}
  </div></section>`;
}

/** @param {{ label: string, give: (reason: string) => void, leave: () => void }} props */
function Reason({ label, give, leave }) {
  const [text, setText] = useState("");
  return html`<form class="row field" onSubmit=${(event) => { event.preventDefault(); give(text); }}>
    <input aria-label="Alasan koreksi" placeholder="Alasan koreksi" value=${text} maxlength="300"
      ref=${(element) => element && text === "" && element.focus()} onInput=${(event) => setText(event.target.value)} />
    <button class="button slim act" disabled=${!text.trim()}>${label}</button>
    <button type="button" class="button slim quiet" onClick=${leave}>Jangan</button></form>`;
}

/**
 * @param {{
 *   assignment: WholeTicket["assignments"][number], ticket: WholeTicket, known: Known[], nudged: Nudged[],
 *   reference: Reference
 * }} props
 */
function Assignment({ assignment, ticket, known, nudged, reference }) {
  const { id, opd, state, acknowledged_at: answeredAt, via } = assignment;
  const [handing, setHanding] = useState(false);
  const next = !assignment.ended_at && NEXT[state];
  const proofs = ticket.attachments.filter((row) => row.assignment === id)
    .map((row) => ({ kind: row.kind, value: row.value, at: row.added_at, by: row.added_by }));
  const answered = answeredAt && `dijawab ${moment(answeredAt)} oleh ${
    personOf(assignment, reference)} lewat ${CHANNELS[via || ""] || via}`;
  return html`<div class="line">
    <div class="row"><strong>${shortName(reference, opd)}</strong>
      <span class=${`chip ${stateTone(state)}`}>${STATES[state]}</span>
      ${answeredAt ? html`<span class="small muted">${answered}</span>`
        : !assignment.ended_at
          && html`<span class="small">belum dijawab <${Since} at=${assignment.dispatched_at} /></span>`}
      ${assignment.pushes > 0 && html`<span class="small muted">${assignment.pushes}× didorong</span>`}
      <${KnownBy} rows=${known} reference=${reference} />
      <${NudgedBy} rows=${nudged} /></div>
    ${assignment.note && html`<p class="small">${assignment.note}</p>`}
    ${assignment.amendments.length > 0 && html`<${ChangeLines} rows=${assignment.amendments} reference=${reference}
      readers=${true} />`}
    ${assignment.unread_count > 0 && html`<div class="row">
      <${ByRadio} assignment=${assignment} reference=${reference} /></div>`}
    <${Proofs} rows=${proofs} />
    <div class="row">
      ${!assignment.ended_at && role === "command" && html`<${KnowButton} assignment=${id} />`}
      ${state === "dikirim" && role === "command"
        && html`<${NudgeButton} assignment=${id} name=${shortName(reference, opd)} slim=${true} />`}
      ${!assignment.ended_at && html`<${Phones} opd=${opd} reference=${reference} />`}
      ${next && role === "operator" && html`<${Act} label=${`${next[1]}…`} ask="Siapa yang menjawab, lewat apa"
        run=${async (note) => {
          await post(`/api/assignments/${id}/move`, { state: next[0], note });
          say(`${shortName(reference, opd)}: ${STATES[next[0]].toLowerCase()}.`, undoStep(id));
        }} />`}
      ${HANDED_ON.includes(state) && !handing
        && html`<button type="button" class=${`button slim ${state === "ditolak" ? "act" : ""}`}
          onClick=${() => setHanding(true)}>Alihkan…</button>`}
      ${!assignment.ended_at
        && html`<${Act} label="Tarik kembali…" ask="Alasan menarik kembali"
          run=${(reason) => post(`/api/assignments/${id}/cancel`, { reason })} />`}
    </div>
    ${handing && html`<${Declining} task=${{ ...assignment, ticket: ticket.number }} reference=${reference}
      title=${`Alihkan dari ${shortName(reference, opd)}`} leave=${() => setHanding(false)} />`}</div>`;
}

/** @param {{ ticket: WholeTicket, proposal: Proposal, reference: Reference }} props */
function Dispatch({ ticket, proposal, reference }) {
  const [chosen, setChosen] = useState(/** @type {Record<string, boolean>} */ ({}));
  const had = ticket.assignments.filter((assignment) => !assignment.ended_at).map((assignment) => assignment.opd);
  const first = ticket.assignments.length === 0 && ticket.category ? proposal.opds : [];
  const opds = reference.opds.map((opd) => opd.code)
    .filter((code) => !had.includes(code) && (chosen[code] ?? first.includes(code)));
  /** @param {any} event */
  const go = async (event) => {
    event.preventDefault();
    try {
      await post(`/api/tickets/${number}/dispatch`, { opds });
      setChosen({});
      say("Tiket dikirim.", undoTicket(number, "dispatch"));
    } catch (error) { sayError(error); }
  };
  return html`<form class="line" onSubmit=${go}>
    <${OpdChoice} reference=${reference} proposal=${{ opds: first, why: first.length ? proposal.why : "" }} opds=${opds}
      had=${had} choose=${(code, on) => setChosen({ ...chosen, [code]: on })} />
    <div class="row"><button class="button act" disabled=${!opds.length}>Kirim ke OPD</button></div></form>`;
}

/** @param {{ data: TicketSnapshot, reference: Reference }} props */
function Timeline({ data, reference }) {
  const [known, more] = useMore(data.ticket.timeline, data.timeline_next,
    (before) => `/api/tickets/${encodeURIComponent(number)}/timeline?before=${before}`, (row) => row.seq);
  const rows = [...known].sort((a, b) => a.seq - b.seq);
  const [every, setEvery] = useState(false);
  return html`<section class="card"><header><h2>Riwayat</h2>
    <button type="button" class="button slim quiet" aria-pressed=${every ? "true"
      : "false"} onClick=${() => setEvery(!every)}>Setiap dorongan</button></header>
      <div class="pad"><ol class="timeline">
    ${storyLines(rows, reference, every, data.failures).reverse()
      .map((row) => html`<li><span class="time" title=${exact(row.at)}>${moment(row.at)}</span>
        <span>${sentence(row.text)}</span>${row.person
          && html`<span class="who">${row.person}</span>`}</li>`)}
  </ol><${More} more=${more} label="… yang lebih lama" /></div></section>`;
}

startSweeping();
start("ticket", { number, View: Ticket });
