// @ts-check
// At every desk: the emergencies that nobody has sent, with a tone, the most urgent first.
import { html, useLayoutEffect } from "../../vendor/preact-htm.js";
import { Card } from "../shared/card.js";
import { More, useMore } from "../shared/more.js";
import { nameOf } from "../shared/people.js";
import { Since } from "../shared/time.js";
import { concerning, named, useTone } from "../cases/unsent.js";
import { SIGNS, place } from "../shared/words.js";

const BUSY = ["ringing", "talking", "calling"];

/**
 * The red bar; Alt+U opens the most urgent one.
 * @param {{ data: OperatorSnapshot, reference: Reference, open: (number: string | null) => void }} props
 */
export function UnsentBar({ data, reference, open }) {
  const { me, unsent } = data;
  const rows = concerning(unsent.rows, me.operator);
  const busy = BUSY.includes(me.live);
  useTone(rows, busy, !rows.some((row) => row.operator === me.operator));
  useLayoutEffect(() => {
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (!event.altKey || event.ctrlKey || event.code !== "KeyU" || !rows.length) return;
      event.preventDefault();
      open(rows[0].number);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  if (!rows.length) return null;
  const [first] = rows;
  const others = unsent.count > 1 ? `, dan ${unsent.count - 1} lainnya` : "";
  return html`<div class="bar bad unsent" role="alert" data-of="unsent" data-state=${first.number}>
    <p>${first.agencies ? "DIKEMBALIKAN OPD, BELUM DITERUSKAN" : "BELUM DIKIRIM KE OPD"}:${" "}
      ${named(first, reference)}${others}. Sudah <${Since} at=${first.since} />.${busy
      && " Nada ditahan selama Anda menelepon; meja lain dibunyikan."}</p>
    <button type="button" class="button slim" aria-keyshortcuts="Alt+U"
      onClick=${() => open(first.number)}>Tangani <kbd>Alt+U</kbd></button></div>`;
}

/**
 * @param {{ unsent: Unsent, reference: Reference, open: (number: string | null) => void }} props
 */
export function UnsentList({ unsent, reference, open }) {
  const { count } = unsent;
  const [rows, more] = useMore(unsent.rows, count > unsent.rows.length ? unsent.rows.length : null,
    (offset) => `/api/desk/unsent?offset=${offset}`, (row) => row.number);
  if (!rows.length) return null;
  return html`<${Card} title="Darurat belum dikirim" count=${count} hot
    foot=${html`<${More} more=${more} count=${count} shown=${rows.length} />`}>
    ${rows.map((row) => html`<li key=${row.number} class="lane urgent"><div class="main">
      <button type="button" class="plain-button" onClick=${() => open(row.number)}>${named(row, reference)}</button>
      <div class="small muted"><strong><${Since} at=${row.since} /></strong> · ${SIGNS[row.sign]
        || row.sign}${row.operator ? ` · ${nameOf(reference, row.operator)}` : ""}</div>
      ${place(row) && html`<div class="small muted">${place(row)}</div>`}</div></li>`)}
  <//>`;
}
