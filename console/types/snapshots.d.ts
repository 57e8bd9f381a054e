// The messages of the server to pages: console/live/snapshots.py and the API's answers, as far as a page reads them. All
// of it is ambient, so that a JSDoc comment names a shape without an import. A moment is ISO 8601 text with its zone.
// A list of a snapshot holds as many rows as its bound allows: its `…count` is of all of them, its `…next` is the cursor
// of the part that follows (null: there is none), which js/shared/more.js fetches.

type Moment = string;
/** The names of the store's words on the screen, or their tones. */
type Words = Record<string, string>;

// -- shared by pages ------------------------------------------------------------------------------------------------

interface Category { code: string; name: string; kind: string; priority: number; hint: string }
interface Opd {
  code: string; name: string; short: string; colour: string;
  /** Numbers by which people call it; none on an agency's page. */
  phones: { title: string; number: string }[];
}

/** A contact above an agency who deals with its silence, and is not pushed until `ends_at`. */
interface Known {
  assignment: number; ticket: string; opd: string; contact: string; actor: string; begun_at: Moment; ends_at: Moment;
}

/** A task that waits for an answer and was asked about, the last time at `at`. */
interface Nudged { assignment: number; ticket: string; opd: string; title: string; at: Moment; times: number }

/** A nudge that keeps others waiting until `again`. */
interface Asked { title: string; at: Moment; again: Moment }

/** GET /api/reference: what forms offer, once per edition of the configuration. */
interface Reference {
  edition: number;
  categories: Category[];
  opds: Opd[];
  contacts: Words;
  /** Names of people by login: of everybody for 112, of 112 and its own people for an agency. */
  people: Words;
  kecamatan: Record<string, string[]>;
}

/** The agencies that routing proposes, and why. */
interface Proposal { opds: string[]; why: string }

/** The position of a ticket that counts: tickets/locating/positions.py. */
interface StandingPosition extends KeptPosition { why: string }

/** One of all positions of a ticket. */
interface KeptPosition {
  id: number;
  kind: string;
  lat: number;
  lon: number;
  radius_m: number | null;
  source: string;
  note: string | null;
  at: Moment;
  by: string;
  /** «± 850 m, dari desa Kecapi». */
  words: string;
  withdrawn_at?: Moment | null;
}

/** The position that the network sent with a call. */
interface Position { lat: number; lon: number; radius_m?: number | null; text?: string | null }

/** A call in hand: tickets/store/calls.py `view`, with the moments of its stages. */
interface Call {
  id: string;
  number: string | null;
  display: string;
  anonymous: boolean;
  callable: boolean;
  /** How the number was read; `passed_on`: numbers that passed the call on to us. */
  caller: { kind: string | null; why: string | null; passed_on: string[] };
  dialled: string;
  arrived_at: Moment;
  ended_at: Moment | null;
  waiting_at: Moment | null;
  ringing_at: Moment | null;
  talking_at: Moment | null;
  talk_ended_at: Moment | null;
  stage: string;
  lane: string | null;
  mark: string | null;
  outcome: string | null;
  operator: string | null;
  ticket: string;
  recording: string | null;
  location: Position | null;
  doubt: string | null;
  sampled: boolean;
  /** What the caller chose in the menu; null: Indonesian. */
  language?: string | null;
  /** Since when the operator keeps the caller on hold. */
  held_at?: Moment | null;
}

/** A ticket given to an agency, as the page of that ticket shows it. */
/** A change of a ticket after its dispatch: tickets/store/answers/amendments.py. */
interface Amendment {
  id: number;
  /** Counts its values: reading holds for the one that was shown. */
  revision: number;
  /** A field of the ticket, `report` (`about` is that ticket), or `recall` (`about`: the task goes on there). */
  field: string;
  about: string;
  before: string | null;
  after: string | null;
  made_by: string;
  changed_at: Moment;
  read_at: Moment | null;
  read_by: string | null;
  read_via: string | null;
  /** To whom of the agency it was read out by radio. */
  read_to: string | null;
}

interface AssignmentState {
  id: number;
  opd: string;
  state: string;
  dispatched_at: Moment;
  acknowledged_at: Moment | null;
  acknowledged_by: string | null;
  via: string | null;
  ended_at: Moment | null;
  note: string | null;
  pushes: number;
}

/** As staff see it. */
interface TicketAssignment extends AssignmentState {
  /** Changes that the agency has not read: how many, and the newest of them. */
  unread_count: number;
  unread: Amendment[];
}

/** The same as lists show it. */
interface Assignment extends TicketAssignment { ticket: string; updated_at: Moment }

/** The place and the words of a report; null where nothing was written yet. */
interface Reported {
  category: string | null;
  kind: string;
  kecamatan: string | null;
  desa: string | null;
  address: string | null;
  description: string | null;
  reporter_name: string | null;
  reporter_number: string | null;
}

/** A ticket of a list: tickets/store/boards.py. */
interface Ticket extends Reported {
  number: string;
  source: string;
  status: string;
  /** Grows with each change of the fields; how often personal data were erased. */
  revision: number;
  erasures: number;
  call: string | null;
  created_at: Moment;
  updated_at: Moment;
  display: string | null;
  outcome: string | null;
  recording: string | null;
  verdict: string | null;
  tracking: string | null;
  complaint: string | null;
  master: string | null;
  merged: number;
  assignments: Assignment[];
  /** Since when it is an emergency that nobody has sent. */
  unsent_since: Moment | null;
}

interface OwnPresence { operator: string; wanted: string; live: string; call: string | null; since: Moment | null }
interface Presence extends OwnPresence { display: string; held_at?: Moment | null }
interface Listener { user: string; display: string; call: string; operator: string | null; mode: string; hears: boolean }
interface Beat { name: string; alive: boolean; since: Moment | null }
interface Gate { open: boolean; reason: string }
interface Pushing { late_since: Moment | null; due: number }
interface PageTest { id: number }

/** A row of the journal. `data` differs by kind: js/story/story.js reads it. */
interface JournalRow { seq: number; at: Moment; kind: string; actor: string; data: Record<string, any> }

interface Attachment { kind: string; value: string; at: Moment; by: string; taken_at?: Moment; lat?: number; lon?: number }

// -- the operators' desk --------------------------------------------------------------------------------------------

interface EarlierReport {
  number: string;
  status: string;
  created_at: Moment;
  category: string | null;
  kind: string;
  verdict: string | null;
}

/** The call that rings, talks or just ended at this desk. */
interface Pop {
  call: Call;
  ticket: Ticket;
  history: EarlierReport[];
  listeners: Listener[];
  /** The last transfer of this call: who gave it to whom, and why. */
  handed: { at: Moment; by: string | null; to: string; note: string | null } | null;
  reputation: Record<string, any> | null;
}

/** The count of ended calls of a number, by the kind of their tickets. */
type Past = Record<string, number>;

interface SilentCall extends Call { past: Past; listeners: string[] }

interface CallbackTry {
  id: number;
  operator: string;
  started_at: Moment;
  talked_at: Moment | null;
  ended_at: Moment | null;
  outcome: string;
  note: string | null;
}

interface Callback {
  id: number;
  ticket: string;
  /** The incident that its ticket is linked to, or during which it rang. */
  incident: string | null;
  language: string | null;
  number: string | null;
  display: string;
  since: Moment;
  reason: string;
  times: number;
  cut: boolean | number;
  reached_at: Moment | null;
  /** The last of them; `tries_count` are all. */
  tries: CallbackTry[];
  tries_count: number;
  past: Past;
}

interface ReturnedTicket extends Ticket { opd: string; note: string | null }
interface Message extends Ticket { call: string }

/** The lengths of the lists that every operator works on. */
interface DeskCounts { callbacks: number; messages: number; returned: number }

/** An open incident with several callers, or with a crowd around it that gave up (`waiting`). */
interface Incident {
  number: string;
  category: string | null;
  kecamatan: string | null;
  desa: string | null;
  callers: number;
  waiting: number;
  callbacks: number;
}

/** A caller of an incident: tickets/cases/incidents.py. `linked` null: gave up at that time. */
interface IncidentCaller {
  ticket: string;
  linked: boolean | null;
  display: string | null;
  reporter_number: string | null;
  created_at: Moment;
  description: string | null;
  address: string | null;
  doubtful: string | null;
  does: string[];
  unable: Words;
}

/** GET /api/tickets/NUMBER/incident */
interface IncidentPlan {
  incident: {
    number: string;
    status: string;
    category: string | null;
    kecamatan: string | null;
    desa: string | null;
    opds: string[];
  };
  callers: IncidentCaller[];
  callers_count: number;
}

/** The outcome of the plan for one caller. */
interface SettledCaller { ticket: string; display: string | null; did: string[]; refused: string[] }

/** An emergency that nobody has sent to an agency; `stage` is the last audience that its pushes have come to. */
interface UnsentReport {
  /** Agencies that work on it: a task came back from another one. */
  agencies: number;
  number: string;
  sign: string;
  since: Moment;
  kind: string;
  category: string | null;
  kecamatan: string | null;
  desa: string | null;
  address: string | null;
  description: string | null;
  created_at: Moment;
  display: string | null;
  operator: string | null;
  pushes: number;
  stage: "desk" | "room" | "command_centre" | null;
}

/** The most urgent of them; `count` are all. */
interface Unsent { rows: UnsentReport[]; count: number; oldest: Moment | null }

interface OperatorSnapshot {
  known: Known[];
  nudged: Nudged[];
  me: OwnPresence;
  colleagues: Presence[];
  processes: Beat[];
  pushing: Pushing;
  asterisk: boolean;
  gate: Gate;
  pop: Pop | null;
  waiting: Call[];
  waiting_count: number;
  silent: SilentCall[];
  silent_count: number;
  listening: Listener | null;
  callbacks: Callback[];
  counts: DeskCounts;
  incidents: Incident[];
  dials_out: boolean;
  /** The names of the others who have a ticket open that is open here, by ticket. */
  open_with: Record<string, string[]>;
  handovers: WaitingHandover[];
  messages: Message[];
  returned: ReturnedTicket[];
  mine: Ticket[];
  mine_count: number;
  unsent: Unsent;
  edition: number;
}

interface SimilarReport {
  number: string;
  category: string;
  kecamatan: string | null;
  created_at: Moment;
  address: string | null;
  desa: string | null;
  description: string | null;
  merged: number;
  sent: { opd: string; dispatched_at: Moment }[];
}

/** GET /api/phone: what an operator's telephone application is set up with. */
interface PhoneAccount { account: string; host: string; port: number; password: string }

// -- an agency's page -----------------------------------------------------------------------------------------------

interface LinkedReport {
  number: string;
  created_at: Moment;
  address: string | null;
  desa: string | null;
  description: string | null;
}

/** One assignment with all that an agency may know. */
interface Task extends AssignmentState, Reported {
  ticket: string;
  updated_at: Moment;
  where: StandingPosition | null;
  through_112: boolean;
  reporter_known: boolean;
  attachments: Attachment[];
  /** What other agencies of the same incident answered. */
  others: { opd: string; state: string; updated_at: Moment; note: string | null }[];
  /** The first of them; `linked_count` are all. */
  linked: LinkedReport[];
  linked_count: number;
  /** The newest rows, and the newest states and notes; the part before `story_next` is not here. */
  story: JournalRow[];
  story_next: number | null;
  /** All that are unread, the newest that are read. */
  amendments: Amendment[];
}

interface ReporterCall { ticket: string; operator: string; talked_at: Moment | null }

interface OpdSnapshot {
  opd: string;
  nudged: Nudged[];
  /** Unanswered emergencies first. */
  open: Task[];
  open_next: string | null;
  open_count: number;
  waiting_count: number;
  /** Ended tasks with a change that was not read, as a recall. */
  recalled: Task[];
  ended: Task[];
  ended_next: number | null;
  ended_count: number;
  calling: ReporterCall[];
  disturbed: boolean;
  tests: PageTest[];
  edition: number;
}

/** An act of an agency: kept in the browser until the server has answered it. */
interface Action {
  kind: string;
  assignment: number;
  ticket: string;
  path: string;
  label: string;
  body?: Record<string, unknown>;
  photo?: Blob;
  state?: string;
  /** It answers the assignment: the siren stops. */
  answers?: boolean;
  /** The server learns the moment of the act, not only that of its arrival. */
  timed?: boolean;
}

/** An action with what keeps it apart: `key` makes it count once, `order` sorts it; `refused`: why 112 did not take it. */
interface QueuedAction extends Action {
  key: string;
  user: string | undefined;
  at: number;
  order: number;
  refused?: string;
}

// -- the wall -------------------------------------------------------------------------------------------------------

/** k of n, with the 95 % interval. */
interface ShareOf { k: number; n: number; share: number | null; low: number | null; high: number | null }

interface Times {
  n: number;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  within_15: number | null;
  within_20: number | null;
}

interface LowTrust {
  calls: number;
  sampled: number;
  genuine: ShareOf;
  about: number | null;
  about_low: number | null;
  about_high: number | null;
}

interface ScreeningFigures {
  calls: number;
  judged: number;
  unjudged_unreached: number;
  pranks_that_rang: ShareOf;
  rung_by_pranks: ShareOf;
  genuine_lost: ShareOf;
  low_trust: LowTrust;
  times: Record<string, { to_talk: Times; to_ring: Times }>;
  counts: Record<string, Record<string, number>>;
}

interface StorageState { writable: boolean; alarms: { sentence: string; loud: boolean }[] }

interface FailedPush { id: number; opd: string; contact: string; channel: string; last_error: string }

interface OverviewSnapshot {
  gate: Gate;
  calls: Call[];
  calls_count: number;
  operators: Presence[];
  listening: Listener[];
  phones: string[];
  /** Those that no agency has answered first. */
  tickets: Ticket[];
  work_next: string | null;
  work_count: number;
  unanswered: { count: number; oldest: Moment | null };
  unsent: Unsent;
  /** Callers who wait for an operator; `oldest` is the first of the urgent ones. */
  queue: { count: number; urgent: number; oldest: Moment | null };
  counts: { calls: Record<string, number>; finished: Record<string, number> };
  screening: ScreeningFigures;
  callbacks: number;
  processes: Beat[];
  pushing: Pushing;
  asterisk: boolean;
  /** The newest assignments that rose to the command centre; `escalated_count` are all. */
  escalated: number[];
  escalated_count: number;
  known: Known[];
  nudged: Nudged[];
  tests: PageTest[];
  troubled: FailedPush[];
  troubled_count: number;
  storage: StorageState;
  wadul: { new: number; late: number; dead: number };
  /** Calls from trunks' addresses that Asterisk itself refused, in the last minutes. */
  refused: { trunk: string; far_end: string; status: number; times: number; last_at: Moment; sentence: string }[];
  /** Trunks that do not serve as they should, with the sentence for the wall. */
  trunks: { trunk: string; kind: "silent" | "partly" | "unregistered" | "full"; sentence: string; since: Moment }[];
  problems: string[];
  restart: string[];
  edition: number;
}

/** How often a contact was pushed for a task, and how often a channel took it. */
interface PushedContact { title: string; times: number; arrived: number }

/** A task of an emergency that nobody has answered (or that was turned down), without anything of its reporter. */
interface BurningTask {
  assignment: number; ticket: string; opd: string; state: string; since: Moment; handed_on: number;
  category: string | null; kecamatan: string | null; desa: string | null;
  pushed: PushedContact[];
  nudged: Asked | null;
  known_until: Moment | null;
}

interface WorkingTask {
  assignment: number; ticket: string; opd: string; state: string; updated_at: Moment;
  category: string | null; kecamatan: string | null; desa: string | null;
}

interface BupatiSnapshot {
  contact: string | null;
  unanswered: BurningTask[];
  unanswered_count: number;
  unsent: { count: number; oldest: Moment | null };
  working: WorkingTask[];
  working_count: number;
  /** Tasks that have risen to this contact, and that it has not said to know. */
  rising: number[];
  tests: PageTest[];
  gate: Gate;
  disturbed: boolean;
  edition: number;
}

interface UnjudgedCall {
  id: string;
  ticket: string;
  display: string;
  category: string | null;
  outcome: string;
  operator: string | null;
  mark: string | null;
  lane: string | null;
  arrived_at: Moment;
  sampled: boolean;
  recording: string | null;
}

interface ScreeningSnapshot {
  today: ScreeningFigures;
  unjudged: { count: number; rows: UnjudgedCall[] };
  edition: number;
}

interface ScreeningReport { total: ScreeningFigures; days: (ScreeningFigures & { day: string })[] }

// -- one ticket, numbers, complaints --------------------------------------------------------------------------------

interface WholeTicket {
  number: string;
  source: string;
  status: string;
  kind: string;
  category: string | null;
  call: string | null;
  operator: string | null;
  created_at: Moment;
  description: string | null;
  place: { kecamatan: string | null; desa: string | null; address: string | null };
  position: StandingPosition | null;
  positions: KeptPosition[];
  reporter: { name: string | null; number: string | null };
  caller: {
    id: string;
    display: string;
    lane: string | null;
    recording: string | null;
    language: string | null;
  } | null;
  verdict: string | null;
  master: string | null;
  merged: string[];
  hold: { at: Moment; reason: string } | null;
  assignments: (TicketAssignment & { amendments: Amendment[] })[];
  attachments: { assignment: number; kind: string; value: string; added_at: Moment; added_by: string }[];
  /** The newest rows; the part before `timeline_next` is not here. */
  timeline: JournalRow[];
}

interface RecordedCallback { id: number; talked_at: Moment; operator: string }

/** Failed pushes of an agency that follow each other: console/live/failures.py. */
interface FailureRun {
  first: number;
  last: number;
  opd: string;
  times: number;
  since: Moment;
  until: Moment;
  ways: { contact: string; channel: string; times: number }[];
}

interface TicketSnapshot {
  failures: FailureRun[];
  ticket: WholeTicket;
  merged_count: number;
  timeline_next: number | null;
  callbacks: RecordedCallback[];
  complaint: Complaint | null;
  known: Known[];
  nudged: Nudged[];
  proposal: Proposal;
  /** Everybody who has this ticket open now. */
  open_here: { user: string; display: string }[];
  edition: number;
}

interface NumberRow {
  hash: string;
  number: string | null;
  score: number;
  doubt: string | null;
  genuine: number;
  prank: number;
  information: number;
  silent: number;
  last_at: Moment;
}

interface NumberVerdict {
  ticket: string;
  verdict: string;
  reason: string | null;
  by: string;
  called_at: Moment;
  replaced_at: Moment | null;
}

interface NumberCall {
  ticket: string;
  arrived_at: Moment;
  lane: string | null;
  outcome: string | null;
  doubt: string | null;
  sampled: boolean;
  operator: string | null;
}

interface WholeNumber extends NumberRow { verdicts: NumberVerdict[]; calls: NumberCall[] }

interface WaitingHandover { id: number; offered_at: Moment; going: string }
interface HandoverRow extends WaitingHandover {
  coming: string | null;
  taken_at: Moment | null;
  replaced_by: number | null;
  note: string | null;
}
interface WholeHandover extends HandoverRow { shift: ShiftState }

interface ShiftTicket {
  number: string;
  category: string | null;
  kind: string;
  kecamatan: string | null;
  desa: string | null;
  address?: string | null;
  description?: string | null;
  created_at: Moment;
  assignments: { opd: string; state: string }[];
}

/** What is open when a shift ends; a signed one has neither addresses nor stories nor telephone numbers. */
interface ShiftState {
  at: Moment;
  unsent: ShiftTicket[];
  /** As the desk counts them; a hand-over that was signed before 0.2 has neither this nor `unfinished`. */
  unsent_count?: number;
  unanswered: ShiftTicket[];
  unfinished?: ShiftTicket[];
  under_way: ShiftTicket[];
  more: number;
  callbacks: { ticket: string; reason: string; created_at: Moment; number?: string }[];
  callbacks_count: number;
  messages_count: number;
  returned_count: number;
  away: { contact: string; until: Moment | null; reason: string }[];
  on_duty: string[];
  faults: string[];
}
interface HandoverSnapshot { shift: ShiftState; waiting: WaitingHandover[]; last: HandoverRow[]; edition: number }

interface SearchSnapshot { operators: { name: string; display: string }[]; edition: number }

/** A ticket that a search shows; for agencies without what is of the line. */
interface SearchHit {
  ticket: string;
  call: string | null;
  at: Moment;
  kind: string;
  category: string | null;
  state: string;
  agencies: string[];
  operator: string | null;
  place: { kecamatan: string | null; desa: string | null; address: string | null };
  snippet: string;
  note: { agency: string | null; text: string } | null;
  caller: { name: string | null; number: string | null; display: string | null };
  outcome: string | null;
  talked_with: string | null;
  master: string | null;
}

interface SearchAnswer {
  by: string;
  hits: SearchHit[];
  more: boolean;
  next: string | null;
  instead: Record<string, string[]>;
  indexing: { older_than: string; total: number | null; done: number } | null;
}

interface NumbersSnapshot { lost: number; rules: ScreeningRules; edition: number }
interface ScreeningRules { doubt_score: number; half_life_days: number }

/** The term of a complaint that ends next, in working days. */
interface TermClock { what: string; left: number; late: boolean; due_at: Moment }

interface Complaint extends Reported {
  ticket: string;
  tracking: string;
  state: string;
  source: string;
  link: string | null;
  text: string | null;
  filed_at: Moment;
  filed_by: string;
  moved_at: Moment;
  ended_at: Moment | null;
  display: string | null;
  clock: TermClock | null;
  waits: boolean;
  theirs: string | null;
  attempts: number;
  last_error: string | null;
  dead_at: Moment | null;
  assignments: Assignment[];
}

interface WadulSnapshot {
  rows: Complaint[];
  next: number | null;
  count: number;
  late_count: number;
  /** The count in each state. */
  counts: Record<string, number>;
  ended: Complaint[];
  bridge: { waiting: number; dead: number } | null;
  terms: { pass_on: number; answer: number; done: number };
  edition: number;
}

// -- the page itself ------------------------------------------------------------------------------------------------

/** The data that templates/page.html writes on <body>; theme and the tests' marks come and go. */
interface DOMStringMap {
  version: string;
  zone: string;
  zoneName: string;
  service: string;
  user: string;
  display: string;
  role: string;
  number: string;
  title: string;
}

/** The state of the socket: connecting, open, lost (it comes back by itself) or ended (the session is over). */
type Link = "connecting" | "open" | "lost" | "ended";

/** A message of the socket to a page. */
interface News { link?: Link; data?: any; version?: string; notice?: string; about?: string }

/** A failure as people read it; `field` names the input that is wrong. */
interface Trouble { message: string; status?: number; field?: string | null; reply?: Record<string, any> }
