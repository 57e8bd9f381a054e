// @ts-check
// Emergencies that nobody has sent: their names, and the tone that goes on until somebody acts.
import { useEffect, useRef } from "../../vendor/preact-htm.js";
import { calm, flash } from "../shared/attention.js";
import { soft, warn } from "../shared/siren.js";
import { KINDS, place, phone } from "../shared/words.js";

const AGAIN_MS = 15000; // the pace of its pushes, and of a page whose server has no daemon
const SHORTEST_MS = 4000;

/**
 * «Kebakaran, Mantingan»: one report in a sentence.
 * @param {UnsentReport | Ticket} row
 * @param {Reference} reference
 */
export function named(row, reference) {
  const known = reference.categories.find(({ code }) => code === row.category)?.name;
  const what = known || (row.kind === "emergency" ? KINDS.emergency : "Laporan");
  return `${what}, ${row.desa || row.kecamatan || place(row) || phone(row.display) || row.number}`;
}

/**
 * An agency has it; what is unsent came back from another one.
 * @param {Ticket} row
 */
export const held = (row) => row.assignments.some(({ ended_at: end, state }) => !end && state !== "ditolak");

/**
 * The reports whose pushes have come to this page: to the desk that has them, to all desks, to the command centre.
 * @param {UnsentReport[]} rows
 * @param {string | null} operator null: the command centre's page
 */
export const concerning = (rows, operator) => rows.filter((row) => (operator === null ? row.stage === "command_centre"
  : row.stage && (row.stage !== "desk" || row.operator === operator)));

/**
 * Sounds at each new push of these reports, and again and again while there are any; `silent` while somebody speaks,
 * `gentle` where none of them is this desk's own.
 * @param {UnsentReport[]} rows
 * @param {boolean} [silent]
 * @param {boolean} [gentle]
 */
export function useTone(rows, silent = false, gentle = false) {
  const last = useRef(0);
  const pushes = rows.reduce((sum, row) => sum + row.pushes, 0);
  const sound = () => {
    if (silent || Date.now() - last.current < SHORTEST_MS) return;
    last.current = Date.now();
    (gentle ? soft : warn)();
  };
  useEffect(() => { if (rows.length) sound(); }, [pushes, rows.length, silent]);
  useEffect(() => {
    if (!rows.length) return;
    document.body.dataset.unsent = String(rows.length);
    flash(`● ${rows.length} DARURAT BELUM DIKIRIM`, "unsent");
    const timer = setInterval(sound, AGAIN_MS);
    return () => { clearInterval(timer); calm("unsent"); document.body.dataset.unsent = ""; };
  }, [rows.length, silent, gentle]);
}
