// @ts-check
// Hits of a search, one line of a list each.
import { html } from "../../vendor/preact-htm.js";
import { shortName } from "../shared/opds.js";
import { nameOf } from "../shared/people.js";
import { dated } from "../shared/time.js";
import { KINDS, OUTCOMES, STATUSES, phone, place } from "../shared/words.js";

/** @type {Words} */
const TONES = { open: "soft-act", dispatched: "wait", done: "ok", closed: "" };

/** @param {{ hit: SearchHit, reference: Reference, opens: boolean }} props */
export function Hit({ hit, reference, opens }) {
  const category = reference.categories.find(({ code }) => code === hit.category)?.name || hit.category;
  const called = phone(hit.caller.number || hit.caller.display);
  const caller = [hit.caller.name, called].filter(Boolean).join(" · ");
  const line = [hit.outcome && OUTCOMES[hit.outcome],
    hit.talked_with && `dengan ${nameOf(reference, hit.talked_with)}`,
    hit.operator && hit.operator !== hit.talked_with && `ditulis ${nameOf(reference, hit.operator)}`]
    .filter(Boolean).join(", ");
  const inner = html`
    <span class="head"><strong>${category || KINDS[hit.kind]}</strong>
      <span class=${`chip ${TONES[hit.state]}`}>${STATUSES[hit.state]}</span>
      ${hit.agencies.map((opd) => html`<span class="chip" key=${opd}>${shortName(reference, opd)}</span>`)}
      ${hit.master && html`<span class="chip info">digabung ke ${hit.master}</span>`}
      <span class="when num">${dated(hit.at)}</span></span>
    ${place(hit.place) && html`<span class="where">${place(hit.place)}</span>`}
    ${hit.snippet && html`<span class="said">${hit.snippet}</span>`}
    ${hit.note && html`<span class="said"><span class="muted">Catatan ${hit.note.agency
      ? shortName(reference, hit.note.agency) : "petugas"}:</span> ${hit.note.text}</span>`}
    <span class="small muted"><span class="num">${hit.ticket}</span>${caller && ` · ${caller}`}${line
      && ` · ${line}`}</span>`;
  return opens ? html`<a class="hit" href=${`/tiket/${encodeURIComponent(hit.ticket)}`}>${inner}</a>`
    : html`<div class="hit" tabindex="0">${inner}</div>`;
}

/** @type {Words} */
const MEANINGS = { ticket: "nomor tiket", tracking: "nomor aduan", phone: "nomor telepon",
  digits: "angka belakang nomor telepon", day: "tanggal", words: "kata", filters: "saringan" };

/**
 * What was looked for, and what was not.
 * @param {{ answer: SearchAnswer }} props
 */
export function Told({ answer }) {
  const { by, hits, instead, indexing, more } = answer;
  const count = hits.length ? `${hits.length}${more ? "+" : ""} tiket, terbaru di atas · dicari menurut ${MEANINGS[by]}`
    : more ? "Belum ada yang cocok di tiket yang terbaru." : "Tidak ada tiket yang cocok.";
  const guessed = Object.entries(instead).map(([typed, words]) =>
    `«${typed}» tidak ada di laporan mana pun; yang dicari: ${words.map((word) => `«${word}»`).join(", ")}.`);
  return html`<div class="told" role="status"><p>${count}</p>
    ${guessed.map((line) => html`<p class="guess">${line}</p>`)}
    ${!hits.length && !more && by === "words" && !guessed.length
      && html`<p class="muted">Coba lebih sedikit kata, awal kata saja, atau empat angka terakhir nomornya.</p>`}
    ${indexing && html`<p class="guess">${unindexed(indexing)}</p>`}</div>`;
}

/**
 * How far the index is, while it does not have all old tickets.
 * @param {NonNullable<SearchAnswer["indexing"]>} indexing
 */
export function unindexed({ done, total }) {
  const far = total === null ? "" : `, ${done.toLocaleString("id-ID")} dari ${total.toLocaleString("id-ID")} tiket`;
  return `Indeks belum lengkap${far}. Tiket yang lebih lama belum ikut dicari, kecuali menurut nomor tiketnya.`;
}
