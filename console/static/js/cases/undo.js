// @ts-check
// «Urungkan»: the button of a message that takes back what a finger did a moment ago. 112 decides whether it still can.
import { post } from "../shared/api.js";
import { say, sayError } from "../shared/toast.js";

/**
 * @param {string} path
 * @param {object} body
 * @param {string} text the message once it is taken back
 * @param {(answer: any) => void} [done]
 */
const undo = (path, body, text, done = () => {}) => ({ label: "Urungkan", run: async () => {
  try {
    const answer = await post(path, body);
    done(answer);
    say(text);
  } catch (error) { sayError(error); }
} });

/**
 * The last step of an agency's task.
 * @param {number} assignment
 * @param {() => void} [done]
 */
export const undoStep = (assignment, done) => undo(`/api/assignments/${assignment}/undo`, {},
  "Diurungkan. Tugas kembali seperti sebelumnya.", done);

/** @type {Words} */
const BACK = { dispatch: "Pengiriman diurungkan: OPD yang belum menjawab tidak didorong lagi.",
  verdict: "Penilaian diurungkan.", merge: "Penggabungan diurungkan.", close: "Tiket terbuka lagi." };

/**
 * What was done to a ticket: dispatch, verdict, merge or close.
 * @param {string} number
 * @param {"dispatch" | "verdict" | "merge" | "close"} what
 * @param {(answer: any) => void} [done]
 */
export const undoTicket = (number, what, done) => undo(`/api/tickets/${encodeURIComponent(number)}/undo`, { what },
  `${number}: ${BACK[what]}`, done);

/**
 * What the sheet of an incident did to these callers.
 * @param {string} master
 * @param {string[]} tickets
 * @param {() => void} [done]
 */
export const undoCrowd = (master, tickets, done = () => {}) => ({ label: "Urungkan", run: async () => {
  try {
    const { rows } = await post(`/api/tickets/${encodeURIComponent(master)}/incident/undo`, { tickets });
    const back = rows.filter((/** @type {{ undone: string[] }} */ row) => row.undone.length).length;
    done();
    if (back) say(`Diurungkan untuk ${back} penelepon${back < rows.length ? `; ${rows.length - back} tidak` : ""}.`);
    else sayError({ message: "Terlambat: hanya bisa diurungkan dalam beberapa detik." });
  } catch (error) { sayError(error); }
} });

/**
 * An incident that was closed with its callers: the tickets are open again, then each caller is as before; without
 * that nobody would call them back.
 * @param {string} master
 * @param {string[]} tickets
 * @param {() => void} [done]
 */
export const undoClosing = (master, tickets, done = () => {}) => (tickets.length ? {
  label: "Urungkan",
  run: async () => {
    try {
      await post(`/api/tickets/${encodeURIComponent(master)}/undo`, { what: "close" });
    } catch (error) { return sayError(error); }
    return undoCrowd(master, tickets, done).run();
  },
} : undoTicket(master, "close", done));
