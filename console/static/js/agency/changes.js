// @ts-check
// On an agency's page: what changed since a task was sent, and tasks that were taken off it, until «Sudah dibaca».
import { html, useEffect, useRef } from "../../vendor/preact-htm.js";
import { calm, flash, notify, vibrate } from "../shared/attention.js";
import { ChangeLines, changeWords } from "../shared/changes.js";
import { change, sounding } from "../shared/siren.js";
import { clock } from "../shared/time.js";
import { sayError } from "../shared/toast.js";
import { KINDS, place } from "../shared/words.js";
import { act } from "./outbox.js";

const SETTLE_MS = 1200; // edits within so long are one tone …
const LONGEST_MS = 5000; // … which comes no later than this after the first
const AGAIN_MS = 20000;

/**
 * The changes of a task that nobody has read, but those that are on their way as read.
 * @param {Task} task
 * @param {QueuedAction[]} queue
 * @returns {Amendment[]}
 */
export function unread(task, queue) {
  const sent = queue.filter((action) => action.kind === "read" && action.assignment === task.id)
    .flatMap((action) => /** @type {number[][]} */ (action.body?.amendments || []));
  return task.amendments.filter((row) => !row.read_at
    && !sent.some(([id, revision]) => id === row.id && revision >= row.revision));
}

/**
 * The action that says that these changes were read, as they are shown.
 * @param {Task} task
 * @param {Amendment[]} rows
 */
export const reading = (task, rows) => ({ kind: "read", assignment: task.id, ticket: task.ticket,
  path: `/api/assignments/${task.id}/read`, label: "Sudah dibaca",
  body: { amendments: rows.map((row) => [row.id, row.revision]) } });

/**
 * @param {Task} task
 * @param {Amendment[]} rows
 */
async function read(task, rows) {
  try { await act(reading(task, rows)); } catch (error) { sayError(error); }
}

/**
 * The changes of a task at the head of its card. A task that nobody has accepted has no button of its own here: whoever
 * accepts it has read them.
 * @param {{ task: Task, reference: Reference, queue: QueuedAction[] }} props
 */
export function Changes({ task, reference, queue }) {
  const rows = unread(task, queue);
  if (!rows.length) return null;
  return html`<section class="changed" role="alert" aria-label="Perubahan">
    <h3>DIUBAH${rows.length > 1 ? ` (${rows.length})` : ""}</h3>
    <${ChangeLines} rows=${rows} reference=${reference} />
    ${task.state !== "dikirim" && html`<button type="button" class="button huge wide"
      onClick=${() => read(task, rows)}>Sudah dibaca</button>`}</section>`;
}

/**
 * A task that ended without the agency, with its reason; it stays until it is read.
 * @param {{ task: Task, title: string, reference: Reference, queue: QueuedAction[] }} props
 */
export function RecalledTask({ task, title, reference, queue }) {
  const rows = unread(task, queue);
  if (!rows.length) return null;
  const recall = rows.find((row) => row.field === "recall");
  const words = recall ? changeWords(recall, reference) : { head: "DIUBAH", text: "sebelum tugas ini selesai" };
  const others = rows.filter((row) => row !== recall);
  return html`<article class="card task recalled" aria-labelledby=${`recalled-${task.id}`} data-assignment=${task.id}
    data-state=${task.state}>
    <div class="head"><div class="main"><h2 id=${`recalled-${task.id}`}>${words.head}: ${words.text}</h2>
      <div class="small">${title} · ${place(task) || "tanpa alamat"} · ${task.ticket}${recall
        ? ` · ${clock(recall.changed_at)} oleh ${recall.made_by}` : ""}</div></div></div>
    <div class="body">${others.length > 0 && html`<${ChangeLines} rows=${others} reference=${reference} />`}
      <button type="button" class="button huge wide" onClick=${() => read(task, rows)}>Sudah dibaca</button></div>
  </article>`;
}

/**
 * The tone of what is unread: soon after a change, and again and again until it is read. While the siren sounds it
 * says more.
 * @param {Task[]} tasks
 * @param {QueuedAction[]} queue
 * @param {boolean} on
 */
export function useChanges(tasks, queue, on) {
  const since = useRef(0); // when the first change came that has not been heard
  const known = useRef(/** @type {Set<string>} */ (new Set()));
  const rows = tasks.flatMap((task) => unread(task, queue).map((row) => ({ task, key: `${row.id}.${row.revision}`,
    recall: row.field === "recall" })));
  const keys = rows.map(({ key }) => key).join();
  useEffect(() => {
    document.body.dataset.changes = String(rows.length);
    if (!rows.length) { since.current = 0; calm("changes"); return undefined; }
    flash(`● ${rows.length} PERUBAHAN`, "changes");
    const fresh = rows.filter(({ key }) => !known.current.has(key));
    for (const { key } of fresh) known.current.add(key);
    if (fresh.length) since.current ||= performance.now();
    const tell = () => {
      if (sounding()) return;
      if (since.current) tellOnce(fresh.length ? fresh : rows);
      since.current = 0;
      change();
      vibrate();
    };
    const waits = since.current ? Math.min(SETTLE_MS, since.current + LONGEST_MS - performance.now()) : AGAIN_MS;
    const first = setTimeout(tell, Math.max(0, waits));
    const timer = setInterval(tell, AGAIN_MS);
    return () => { clearTimeout(first); clearInterval(timer); };
  }, [keys, on]);
}

/** @param {{ task: Task, recall: boolean }[]} rows */
function tellOnce(rows) {
  for (const { task, recall } of rows) {
    notify(recall ? "112: DIBATALKAN" : "112: DIUBAH", [KINDS[task.kind], place(task)].filter(Boolean).join(" · "),
      task.ticket);
  }
}
