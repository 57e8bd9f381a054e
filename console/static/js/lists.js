// The lists beside the ticket: what waits, whom to call back, what came back, what was done.
import { html, useState } from "../vendor/preact-htm.js";
import { post } from "./api.js";
import { More, useMore } from "./more.js";
import { shortName } from "./opds.js";
import { Since, moment } from "./time.js";
import { sayError } from "./toast.js";
import { COMPLAINTS } from "./tracking.js";
import { KINDS, LANES, LIVE, OUTCOMES, STATES, liveTone, phone, place, stateTone } from "./words.js";

export function Card({ title, count, hot = false, none, children }) {
  return html`<section class="card"><header><h2>${title}</h2><span class=${`count ${hot && count ? "hot" : ""}`}>${count}</span></header>
    ${count ? html`<ul class="rows">${children}</ul>` : none && html`<p class="none">${none}</p>`}</section>`;
}

// A button that waits for its answer and says what went wrong.
export function Ask({ label, run, tone = "", asking = "…" }) {
  const [busy, setBusy] = useState(false);
  const click = async () => {
    setBusy(true);
    try { await run(); } catch (error) { sayError(error); }
    setTimeout(() => setBusy(false), 800);
  };
  return html`<button type="button" class=${`button slim ${tone}`} disabled=${busy} onClick=${click}>${busy ? asking : label}</button>`;
}

// A list of the operator's page with the parts that its snapshot has no room for.
export const useDeskList = (name, rows, count, key) => useMore(rows, count > rows.length ? rows.length : null, (offset) => `/api/desk/${name}?offset=${offset}`, key);

export function Waiting({ rows: first, count, me }) {
  const [rows, more] = useDeskList("waiting", first, count, (row) => row.id);
  const canTake = ["ready", "paused", "wrap_up", "listening"].includes(me.live);
  return html`<${Card} title="Menunggu" count=${count} hot none="Tidak ada yang menunggu.">
    ${rows.map((row) => html`<li key=${row.id} class=${`lane ${row.lane || ""}`}>
      <div class="main"><strong class="num">${phone(row.display)}</strong>
        <div class="small muted"><strong><${Since} at=${row.waiting_at || row.arrived_at} /></strong> · ${LANES[row.lane] || "–"}${row.mark ? ` · ${row.mark}` : ""}${row.stage === "ringing" ? " · berdering" : ""}</div></div>
      ${canTake && row.stage === "waiting" && html`<${Ask} label="Ambil" run=${() => post(`/api/calls/${encodeURIComponent(row.id)}/take`)} />`}
    </li>`)}
    <${More} more=${more} count=${count} shown=${rows.length} />
  <//>`;
}

export function Returned({ rows: first, count, reference, open }) {
  const [rows, more] = useDeskList("returned", first, count, (row) => `${row.number} ${row.opd}`);
  if (!rows.length) return null;
  return html`<${Card} title="Dikembalikan OPD" count=${count} hot>
    ${rows.map((row) => html`<li key=${row.number}><div class="main">
      <button type="button" class="plain-button" onClick=${() => open(row.number)}>${row.number}</button>
      <div class="small muted">${shortName(reference, row.opd)}: ${row.note}</div></div></li>`)}
    <${More} more=${more} count=${count} shown=${rows.length} />
  <//>`;
}

export function Messages({ rows: first, count, open, compact = false }) {
  const [rows, more] = useDeskList("messages", first, count, (row) => row.number);
  if (!rows.length) return null;
  return html`<${Card} title="Pesan di luar jam buka" count=${count} hot>
    ${rows.map((row) => html`<li key=${row.number} class="message"><div class="main">
      <div><strong class="num">${phone(row.display || row.reporter_number)}</strong> <span class="small muted">${moment(row.created_at)}</span></div>
      ${!compact && html`<audio controls preload="none" src=${`/rekaman/${encodeURIComponent(row.call)}`} aria-label=${`Pesan dari ${row.display}`}></audio>`}
    </div><button type="button" class="button slim" onClick=${() => open(row.number)}>Tangani</button></li>`)}
    <${More} more=${more} count=${count} shown=${rows.length} />
  <//>`;
}

export function Mine({ rows, open, current, reference }) {
  return html`<${Card} title="Tiket saya" count=${rows.length} none="Belum ada tiket pada tugas ini.">
    ${rows.map((row) => html`<li key=${row.number} aria-current=${row.number === current ? "true" : null}><div class="main">
      <div><button type="button" class="plain-button" onClick=${() => open(row.number)}>${title(row, reference)}</button></div>
      <div class="small muted">${moment(row.created_at)} · ${place(row) || phone(row.display) || row.number}</div>
      <div class="chips">${row.status === "open" && !row.assignments.length && !row.tracking && !row.master && html`<span class="chip wait">belum selesai</span>`}
        ${row.master && html`<span class="chip">digabung ke ${row.master}</span>`}
        ${row.merged > 0 && html`<span class="chip">${row.merged + 1} penelepon</span>`}
        ${row.tracking && html`<span class="chip info">Wadul: ${COMPLAINTS[row.complaint].toLowerCase()}</span>`}
        ${row.assignments.map((one) => html`<span class=${`chip ${stateTone(one.state)}`}>${shortName(reference, one.opd)}: ${STATES[one.state]}</span>`)}</div>
    </div></li>`)}
  <//>`;
}

const title = (row, reference) => reference.categories.find((one) => one.code === row.category)?.name
  || (row.kind !== "unknown" ? KINDS[row.kind] : OUTCOMES[row.outcome] || row.number);

export function Team({ rows }) {
  return html`<${Card} title="Operator lain" count=${rows.length} none="Tidak ada operator lain.">
    ${rows.map((row) => html`<li key=${row.operator}><div class="main">${row.display}</div>
      <span class=${`chip ${liveTone(row.live)}`}>${LIVE[row.live] || row.live}</span></li>`)}
  <//>`;
}
