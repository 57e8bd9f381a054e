// @ts-check
// The operators' desk.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { get, post } from "../shared/api.js";
import { calm, flash, notify } from "../shared/attention.js";
import { NudgedBar } from "../cases/nudge.js";
import { HandoverBar } from "../desk/handover.js";
import { TicketForm } from "../desk/form.js";
import { Idle } from "../desk/idle.js";
import { Incidents, IncidentSheet } from "../desk/incident.js";
import { Messages, Mine, Returned, Team, Waiting } from "../desk/lists.js";
import { PopHead } from "../desk/pop.js";
import { Callbacks } from "../desk/callbacks.js";
import { startSweeping } from "../shared/drafts.js";
import { start } from "../shared/shell.js";
import { flat } from "../desk/ticket_row.js";
import { heldUp, useLeaving } from "../desk/leaving.js";
import { leave as askFirst } from "../shared/leave.js";
import { Silent } from "../desk/silent.js";
import { arm, ring } from "../shared/siren.js";
import { StateBar, StateWarnings } from "../desk/duty.js";
import { UnsentBar, UnsentList } from "../desk/unsent.js";
import { say, sayError } from "../shared/toast.js";
import { steadyFingers } from "../shared/fingers.js";
import { undoTicket } from "../cases/undo.js";
import { judgedAs } from "../desk/verdict.js";
import { LIVE, VERDICTS, phone } from "../shared/words.js";

const OVER = ["prank", "silent"];
/** @param {{ data: OperatorSnapshot | null }} state */
const busy = (state) => Boolean(state.data?.pop) || Boolean(document.querySelector(".ticket-form"));

/** @param {{ data: OperatorSnapshot, reference: Reference, live: import("../shared/live.js").Live }} props */
function Operator({ data, reference, live }) {
  const [opened, setOpened] = useState(/** @type {string | null} */ (null)); // a ticket chosen from a list
  const [crowd, setCrowd] = useState(/** @type {string | null} */ (null)); // an incident whose callers are shown
  const pop = data.pop;
  useEffect(() => { if (pop) setCrowd(null); }, [pop?.call.id]); // who rings now is not behind a sheet
  useFollow(pop, data.me.live, setOpened);
  useRinging(pop, data.me.live);
  const [ticket, look] = useTicket(opened, pop, data);

  useEffect(() => live.opens(ticket?.number || ""), [ticket?.number]);

  const [question, answered] = useLeaving(heldUp(data, ticket), ticket, data.me.live === "ringing", setOpened);
  const leave = () => setOpened(null);
  const isPop = Boolean(pop && ticket && pop.ticket.number === ticket.number);
  // While the caller is there the form stays: the buttons show the verdict, and change it.
  /** @param {string} verdict @param {() => void} undone */
  const judged = (verdict, undone) => {
    if (!ticket) return;
    const number = ticket.number;
    look();
    if (verdict === "genuine") return;
    say(`Tiket ${number} ditutup sebagai ${VERDICTS[verdict]}.`,
      undoTicket(number, "verdict", () => { undone(); look(); }));
    if (!isPop) leave();
    else if (data.me.live === "wrap_up" && !OVER.includes(verdict)) { leave(); done(); }
  };
  const done = async () => {
    try { await post("/api/wrap-up/done"); } catch (error) { sayError(error); }
  };
  const finish = useFinish(data.me.live, isPop,
    () => askFirst("F9", async () => { leave(); await done(); }), () => askFirst("F9", leave));
  useNothingLeft(pop, data.me.live, ({ number, verdict }) => {
    say(`${judgedAs(verdict || "")} Siap lagi.`, { label: "Ubah penilaian", run: () => setOpened(number) });
    if (isPop) leave();
    done();
  });

  return html`<${StateWarnings} data=${data} />
    <${UnsentBar} data=${data} reference=${reference} open=${setOpened} />
    <${HandoverBar} data=${data} reference=${reference} busy=${Boolean(ticket)} />
    <${NudgedBar} rows=${data.nudged} reference=${reference} open=${setOpened} />
    <main class="desk">
      <div class="side left">
        <${UnsentList} unsent=${data.unsent} reference=${reference} open=${setOpened} />
        <${Waiting} rows=${data.waiting} count=${data.waiting_count} me=${data.me} pop=${pop?.call.id} />
        <${Silent} rows=${data.silent} count=${data.silent_count} me=${data.me} mine=${data.listening} />
        <${Incidents} rows=${data.incidents} reference=${reference} ticket=${ticket} open=${setCrowd} />
        <${Callbacks} rows=${data.callbacks} count=${data.counts.callbacks} me=${data.me} dials=${data.dials_out}
          open=${setOpened} incidents=${data.incidents} reference=${reference} />
        <${Returned} rows=${data.returned} count=${data.counts.returned} reference=${reference} open=${setOpened} />
        ${ticket && html`<${Messages} rows=${data.messages} count=${data.counts.messages} open=${setOpened}
          compact=${true} />`}
      </div>
      <div class="centre">
        ${pop && pop.ticket.number !== opened
          && html`<button type="button" class="button act" onClick=${() => setOpened(pop.ticket.number)}>
          Ke panggilan ${phone(pop.call.display)} – ${LIVE[data.me.live]}</button>`}
        ${ticket ? html`<section class="card work" aria-label="Tiket yang dikerjakan">
            <${PopHead} pop=${isPop ? pop : null} ticket=${ticket} live=${data.me.live} colleagues=${data.colleagues} />
            <${TicketForm} key=${ticket.number} ticket=${ticket} reference=${reference} onJudged=${judged}
              changed=${look} finish=${finish} asked=${question} answered=${answered}
              others=${data.open_with[ticket.number] || []} />
          </section>`
          : html`<${Idle} data=${data} open=${setOpened} />`}
      </div>
      <div class="side right">
        <${Mine} rows=${data.mine} known=${data.known} nudged=${data.nudged} count=${data.mine_count}
          open=${setOpened} current=${ticket?.number} reference=${reference} />
        <${Team} rows=${data.colleagues} />
      </div>
    </main>
    ${crowd && html`<${IncidentSheet} key=${crowd} number=${crowd} reference=${reference} leave=${() => setCrowd(null)}
      open=${(number) => { setCrowd(null); setOpened(number); }} changed=${look} />`}`;
}

/**
 * A new call takes the screen at once; the ticket before it stays in «Tiket saya».
 * @param {Pop | null} pop
 * @param {string} live
 * @param {(number: string | null) => void} setOpened
 */
function useFollow(pop, live, setOpened) {
  const last = useRef({ call: /** @type {string | null} */ (null), live });
  useEffect(() => {
    const call = pop ? pop.call.id : null;
    const before = last.current;
    last.current = { call, live };
    if (pop && call !== before.call) setOpened(pop.ticket.number);
    // Rang here and was answered elsewhere: nothing was written, so nothing is left open.
    const rang = !call && before.call && before.live === "ringing";
    if (rang && !document.querySelector(".ticket-form .chip") && untouched()) setOpened(null);
  }, [pop?.call.id, live]);
}

/**
 * After a prank or a silent call there is nothing to write: the operator is ready as soon as it is over and judged.
 * @param {Pop | null} pop
 * @param {string} live
 * @param {(ticket: Ticket) => void} finish
 */
function useNothingLeft(pop, live, finish) {
  const finished = useRef(/** @type {string | null} */ (null));
  useEffect(() => {
    if (live !== "wrap_up" || !pop || !OVER.includes(pop.ticket.verdict || "")) return;
    if (finished.current === pop.call.id) return;
    finished.current = pop.call.id;
    finish(pop.ticket);
  }, [live, pop?.call.id, pop?.ticket.verdict]);
}

/** @type {(name: string) => HTMLInputElement | null} */
const input = (name) => document.querySelector(`.ticket-form [name=${name}]`);
const untouched = () => ["category", "kecamatan", "address", "description"].every((name) => !input(name)?.value);

/**
 * @param {Pop | null} pop
 * @param {string} live
 */
function useRinging(pop, live) {
  const rings = live === "ringing" && pop;
  useEffect(() => {
    if (!rings) return calm();
    const number = phone(pop.call.display);
    flash(`☎ ${number}`);
    if (document.hidden) notify("Panggilan 112", number, pop.call.id);
    ring();
    const timer = setInterval(ring, 3000);
    return () => { clearInterval(timer); calm(); };
  }, [rings ? pop.call.id : null]);
}

/**
 * The ticket in the form: from the pop, from a list, or fetched; and how to fetch it anew.
 * @param {string | null} number
 * @param {Pop | null} pop
 * @param {OperatorSnapshot} data
 */
function useTicket(number, pop, data) {
  const [fetched, setFetched] = useState(/** @type {Ticket | null} */ (null));
  const [turn, setTurn] = useState(0);
  const look = () => setTurn((count) => count + 1);
  const known = pop?.ticket.number === number ? pop.ticket : data.mine.find((ticket) => ticket.number === number);
  useEffect(() => {
    if (!number || known) return;
    let late = false;
    get(`/api/tickets/${encodeURIComponent(number)}`).then((row) => late || setFetched(flat(row)), sayError);
    return () => { late = true; };
  }, [number, known ? null : data, known ? null : turn]);
  const shown = known || (fetched?.number === number ? fetched : null);
  return /** @type {const} */ ([number ? shown : null, look]);
}

/**
 * @param {string} live
 * @param {boolean} isPop
 * @param {() => void} done
 * @param {() => void} leave
 */
function useFinish(live, isPop, done, leave) {
  const wrapping = isPop && live === "wrap_up";
  useLayoutEffect(() => {
    /** @param {KeyboardEvent} event */
    const keys = (event) => {
      if (event.key !== "F9") return;
      event.preventDefault();
      if (!event.repeat) (wrapping ? done : leave)(); // a finger that stays on the key asks once
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  if (isPop && (live === "ringing" || live === "talking")) return null;
  return wrapping ? html`<button type="button" class="button ok"
    onClick=${done}>Selesai, siap lagi <kbd>F9</kbd></button>`
    : html`<button type="button" class="button" onClick=${leave}>Tutup formulir <kbd>F9</kbd></button>`;
}

// not pointerdown: the bar about the sound goes away, and the click would miss what moved
addEventListener("click", arm);
addEventListener("keydown", arm);
steadyFingers(".rows > li, .bar[data-of], .similar[data-state]");
startSweeping();
start("operator", { View: Operator, Bar: StateBar, busy });
