// @ts-check
// The inbox of complaints, by keyboard: choose one, pass it on, answer it, reject it, raise it to an emergency.
import { html, useLayoutEffect, useState } from "../../vendor/preact-htm.js";
import { ACTS, ComplaintCard, actsOf } from "../complaints/complaint.js";
import { FILTERS, Line, countOf, useBox, useSearch } from "../complaints/inbox.js";
import { More } from "../shared/more.js";
import { start } from "../shared/shell.js";
import { steadyFingers } from "../shared/fingers.js";

/** @param {any} target */
const typing = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

/** @param {{ data: WadulSnapshot, reference: Reference }} props */
function Wadul({ data, reference }) {
  const [filter, setFilter] = useState("");
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState(/** @type {string | null} */ (null)); // a ticket's number
  const [act, setAct] = useState(/** @type {string | null} */ (null)); // pass | reject | answer | raise | lower
  const [hits, again] = useSearch(query);
  const [box, more] = useBox(data, filter);
  const rows = hits || (filter === "ended" ? data.ended : box);
  const row = [...(hits || []), ...box, ...data.rows, ...data.ended].find((complaint) => complaint.ticket === open);
  /** @param {string | null} number */
  const choose = (number) => { setOpen(number); setAct(null); };
  /** @param {number} by */
  const step = (by) => {
    const at = rows.findIndex((complaint) => complaint.ticket === open);
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (!next) return;
    choose(next.ticket);
    requestAnimationFrame(() => {
      document.querySelector(".inbox [aria-current]")?.scrollIntoView({ block: "nearest" });
    });
  };
  useLayoutEffect(() => {
    /** @param {KeyboardEvent} event */
    const keys = (event) => {
      if (event.key === "Escape") {
        if (act) setAct(null); else if (query) setQuery(""); else setOpen(null);
        /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
        return;
      }
      if (typing(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
      const number = FILTERS.find(([, , key]) => key === event.key);
      const letter = ACTS && row && actsOf(row).find(([, , key]) => key.toLowerCase() === event.key.toLowerCase());
      if (event.key === "ArrowDown") step(1);
      else if (event.key === "ArrowUp") step(-1);
      else if (number) { setFilter(number[0]); setQuery(""); }
      else if (letter) setAct(letter[0]);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  return html`
    ${data.bridge && data.bridge.dead > 0 && html`<div class="bar warn" role="status">
      <p>${data.bridge.dead} kiriman tidak diterima aplikasi pemerintah. Periksa aplikasinya, lalu tekan «Kirim
        ulang».</p></div>`}
    <main class=${`wadul-page ${row ? "opened" : ""}`}>
      <section class="card inbox"><header><h2>Wadul Bupati</h2><span class="count">${data.count}</span></header>
        <div class="pad find">
          <div class="field"><label for="q">Cari nomor aduan, tiket, tempat <kbd>/</kbd></label>
            <input id="q" data-slash autocomplete="off" maxlength="80" placeholder="4827 1930" value=${query}
              onInput=${(event) => setQuery(event.target.value)} /></div>
          <div class="filters" role="group" aria-label="Saring">${FILTERS.filter(([word]) => word !== "dead"
            || data.bridge).map(([word, label, key]) => {
            const count = word === "ended" ? null : countOf(data, word);
            return html`<button type="button"
              class=${`button slim ${["late", "dead"].includes(word) && count ? "hot" : "quiet"}`}
              aria-pressed=${filter === word && !query ? "true" : "false"}
              onClick=${() => { setFilter(word); setQuery(""); }}>${label}${count === null ? ""
              : ` ${count}`} <kbd>${key}</kbd></button>`;
          })}</div>
        </div>
        ${rows.length ? html`<ul class="rows">
          ${rows.map((complaint) => html`<${Line} key=${complaint.ticket} row=${complaint} reference=${reference}
            chosen=${complaint.ticket === open} choose=${() => choose(complaint.ticket)} />`)}</ul>`
          : (hits || !more.left) && html`<p class="none">${query ? "Tidak ada yang cocok."
            : "Tidak ada aduan di sini."}</p>`}
        ${!hits && html`<${More} more=${more} count=${countOf(data, filter)} shown=${box.length} />`}
      </section>
      ${row ? html`<${ComplaintCard} key=${row.ticket} row=${row} reference=${reference} act=${act} setAct=${setAct}
        leave=${() => choose(null)} changed=${again} />`
        : html`<section class="card calm-card">
          <p class="muted">Pilih aduan dengan <kbd>↑</kbd> <kbd>↓</kbd> atau ketuk.</p>
          <p class="small muted">Tenggat: diteruskan ${data.terms.pass_on}, dijawab ${data.terms.answer},
            selesai ${data.terms.done} hari kerja.</p></section>`}
    </main>`;
}

steadyFingers(".rows > li");
start("wadul", { View: Wadul, busy: () => Boolean(document.querySelector(".wadul-page .sub")) });
