// @ts-check
// The draft of one ticket: what is typed is kept in the browser at once and on the server a moment later, with what it
// was typed over. Nothing is saved by looking.
import { send } from "../shared/api.js";
import { keepDraft, kept, me, open } from "../shared/drafts.js";

/** @typedef {keyof Reported} Field */
/**
 * Two texts of one field, of which a person has to choose. `kept`: the own one is of an earlier page.
 * @typedef {{ yours: string, theirs: string, by: string | null, at: Moment | number, kept: boolean }} Conflict
 */

/** @type {Field[]} */
export const FIELDS = ["kind", "category", "kecamatan", "desa", "address", "description", "reporter_name",
  "reporter_number"];
/** @type {(name: string) => name is Field} */
const isField = (name) => FIELDS.some((field) => field === name);
/** @param {{ status: string }} ticket */
export const hasEnded = (ticket) => ticket.status === "done" || ticket.status === "closed";
const PAUSE_MS = 400;
const RETRY_MS = 3000;
// what may go well the next time without another text: the line, the session, a server that cannot now
const PASSING = [0, 401, 408, 425, 429];
/** @param {Trouble} error */
const passes = (error) => PASSING.includes(error.status || 0) || (error.status || 0) >= 500;

/** A name that no other page has. */
const newMark = () => [...crypto.getRandomValues(new Uint8Array(12))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Draft {
  /**
   * @param {string} number
   * @param {() => void} changed
   */
  constructor(number, changed) {
    this.number = number;
    this.changed = changed;
    this.fields = /** @type {Record<Field, string>} */ ({});
    /** @type {Map<Field, number>} field -> how often it was typed in since it was saved */
    this.dirty = new Map();
    /** @type {Map<Field, string>} field -> the text that was shown when it was first typed in */
    this.base = new Map();
    /** @type {Map<Field, Conflict>} */
    this.conflicts = new Map();
    this.known = /** @type {Partial<Record<Field, string>>} */ ({}); // what the server said last
    /** @type {Map<Field, string | undefined>} field -> what the server said before: a snapshot with it is older */
    this.ahead = new Map();
    this.revision = 0; // the newest of the ticket that is known here: an older snapshot changes nothing
    /** @type {number | null} */
    this.erasures = null;
    this.ended = false;
    this.mark = newMark();
    this.turn = 0;
    /** @type {Moment | null} */
    this.savedAt = null;
    /** @type {Trouble | null} */
    this.error = null;
    this.wrong = /** @type {Record<string, string>} */ ({});
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.saving = false;
  }

  /**
   * Asks about the fields that an earlier page of this user could not save any more.
   * @param {Ticket} ticket
   */
  restore(ticket) {
    const draft = kept(this.number);
    if (!draft || draft.user !== me()) return;
    if (draft.erasures !== this.erasures || hasEnded(ticket)) return keepDraft(this.number, null);
    Object.assign(this, { mark: draft.draft, turn: draft.turn });
    for (const [field, { value }] of Object.entries(draft.fields)) {
      const theirs = isField(field) ? ticket[field] || "" : value;
      if (isField(field) && value !== theirs) {
        this.conflicts.set(field, { yours: value, theirs, by: null, at: draft.at, kept: true });
      }
    }
    this.persist();
  }

  /**
   * The server's values, for every field that is not being typed in here.
   * @param {Ticket} ticket
   */
  take(ticket) {
    const first = this.erasures === null;
    const erasures = ticket.erasures ?? 0;
    if (!first && erasures !== this.erasures) this.forget();
    this.erasures = erasures;
    this.ended = hasEnded(ticket);
    if (first) this.restore(ticket);
    if (this.ended) keepDraft(this.number, null);
    if ((ticket.revision ?? 0) < this.revision) return;
    this.revision = ticket.revision ?? 0;
    const active = /** @type {HTMLInputElement | null} */ (document.activeElement)?.name;
    for (const field of FIELDS) this.takeField(field, ticket[field] || "", field === active);
  }

  /**
   * @param {Field} field
   * @param {string} known
   * @param {boolean} active
   */
  takeField(field, known, active) {
    if (this.ahead.get(field) === known) return;
    this.ahead.delete(field);
    this.known[field] = known;
    const conflict = this.conflicts.get(field);
    if (conflict?.yours === known) for (const held of [this.conflicts, this.dirty, this.base]) held.delete(field);
    else if (conflict && conflict.theirs !== known) this.conflicts.set(field, { ...conflict, theirs: known });
    if (!this.dirty.has(field) && (!active || !(field in this.fields))) this.fields[field] = known;
  }

  /**
   * @param {Field} field
   * @param {string | null} value
   */
  set(field, value) {
    if (this.ended) return;
    if (this.conflicts.get(field)?.kept) this.conflicts.delete(field);
    if (!this.dirty.has(field)) this.base.set(field, this.fields[field] ?? "");
    this.fields[field] = value || "";
    this.dirty.set(field, (this.dirty.get(field) || 0) + 1);
    delete this.wrong[field];
    const conflict = this.conflicts.get(field);
    if (conflict) this.conflicts.set(field, { ...conflict, yours: this.fields[field] });
    this.persist();
    this.later(PAUSE_MS);
    this.changed();
  }

  /**
   * One key: the own text over theirs as it was shown, or theirs.
   * @param {Field} field
   * @param {boolean} mine
   */
  choose(field, mine) {
    const conflict = this.conflicts.get(field);
    if (!conflict) return;
    this.conflicts.delete(field);
    this.fields[field] = mine ? conflict.yours : conflict.theirs;
    if (mine) {
      this.base.set(field, conflict.theirs);
      this.dirty.set(field, (this.dirty.get(field) || 0) + 1);
    } else {
      this.base.delete(field);
      this.dirty.delete(field);
    }
    this.persist();
    this.later(0);
    this.changed();
  }

  /** The fields that are to be sent now; one in conflict waits for its choice. @returns {Field[]} */
  sendable() { return [...this.dirty.keys()].filter((field) => !this.conflicts.has(field)); }

  unsaved() { return Object.fromEntries([...this.dirty.keys()].map((field) => [field, this.fields[field]])); }

  /** @param {Field[]} fields */
  values(fields) { return Object.fromEntries(fields.map((field) => [field, this.fields[field]])); }

  /** @param {Field[]} fields */
  over(fields) {
    this.turn += 1;
    this.persist();
    const bases = Object.fromEntries(fields.map((field) => [field, this.base.get(field) ?? ""]));
    return { fields: bases, draft: this.mark, turn: this.turn, erasures: this.erasures ?? 0, user: me() };
  }

  /** Keep in the browser what is not saved yet. */
  persist() {
    /** @type {Record<string, import("../shared/drafts.js").KeptField>} */
    const fields = {};
    for (const [field, conflict] of this.conflicts) fields[field] = { value: conflict.yours, base: conflict.theirs };
    for (const [field, base] of this.base) fields[field] = { value: this.fields[field], base };
    keepDraft(this.number, this.ended || !Object.keys(fields).length ? null : { user: me(), at: Date.now(),
      erasures: this.erasures ?? 0, draft: this.mark, turn: this.turn, fields });
  }

  /** Forget what is not saved: the browser keeps nothing of it. */
  forget() {
    clearTimeout(this.timer);
    for (const held of [this.dirty, this.base, this.conflicts, this.ahead]) held.clear();
    Object.assign(this.fields, this.known);
    this.error = null;
    keepDraft(this.number, null);
  }

  /** @param {number} ms */
  later(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), ms);
  }

  /** True once something was typed here: the lists of the page may not show yet what it makes of the ticket. */
  touched() { return Boolean(this.dirty.size || this.savedAt); }

  /** Save what is unsaved now, also what is typed during a save. Fails where the server does not take it. */
  async flush() {
    while (this.saving || (this.sendable().length && !this.ended)) {
      if (this.saving) await new Promise((done) => { setTimeout(done, 20); });
      else await this.save();
      if (this.error && !this.saving) throw this.error;
    }
  }

  // Send what is unsaved; one request at a time, again and again until the server has it.
  async save() {
    const fields = this.sendable();
    if (this.saving || this.ended || !fields.length) return;
    const sent = this.sentNow(fields);
    this.saving = true;
    try {
      const body = { ...this.values(fields), over: this.over(fields) };
      const answer = await send("PATCH", `/api/tickets/${this.number}`, body, { keepalive: true });
      this.saved(sent, answer);
    } catch (error) {
      this.refused(error, sent);
    }
    this.saving = false;
    if (this.sendable().length && (!this.error || passes(this.error))) this.later(this.error ? RETRY_MS : PAUSE_MS);
    this.changed();
  }

  /** @param {Field[]} fields */
  sentNow(fields) {
    return new Map(fields.map((field) => [field, { count: this.dirty.get(field), value: this.fields[field] }]));
  }

  /**
   * @param {Map<Field, { count: number | undefined, value: string }>} sent
   * @param {{ at?: Moment, revision?: number }} answer
   */
  saved(sent, answer) {
    for (const [field, { count, value }] of sent) {
      if (this.dirty.get(field) === count) {
        this.dirty.delete(field);
        this.base.delete(field);
      } else if (this.dirty.has(field)) this.base.set(field, value);
      if (this.fields[field] !== this.known[field]) this.ahead.set(field, this.known[field]);
    }
    this.savedAt = answer.at || this.savedAt;
    this.revision = Math.max(this.revision, answer.revision ?? 0);
    this.error = null;
    this.persist();
  }

  /**
   * @param {Trouble} error
   * @param {Map<Field, { count: number | undefined, value: string }>} sent
   */
  refused(error, sent) {
    const { conflicts, saved, ended, erased } = error.reply || {};
    this.error = error;
    if (conflicts) {
      if (saved) this.saved(new Map([...sent].filter(([field]) => saved.includes(field))), error.reply || {});
      this.error = null;
      for (const { field, theirs, by, at } of conflicts) {
        if (this.dirty.has(field)) {
          const yours = this.fields[/** @type {Field} */ (field)];
          this.conflicts.set(field, { yours, theirs: theirs || "", by, at, kept: false });
        }
      }
      this.persist();
    } else if (erased) this.forget();
    else if (ended) this.ended = true;
    else if (error.field) this.wrong = { [error.field]: error.message };
  }

  /**
   * Dispatch or verdict with the last of the draft in the same transaction.
   * @param {string} path
   * @param {object} body
   */
  async commit(path, body) {
    const undecided = [...this.dirty.keys()].filter((field) => this.conflicts.has(field));
    if (undecided.length && path !== "verdict") {
      throw Object.assign(new Error("Pilih dulu isian mana yang benar: Alt+T yang di tiket, Alt+K ketikan Anda."),
        { status: 409 });
    }
    clearTimeout(this.timer);
    const fields = this.ended ? [] : this.sendable();
    const sent = this.sentNow(fields);
    try {
      const answer = await send("POST", `/api/tickets/${this.number}/${path}`,
        { ...body, fields: this.values(fields), over: this.over(fields) });
      this.saved(sent, {});
      return answer;
    } catch (error) {
      if (error.status === 503 && path === "dispatch") {
        error.message = `BELUM dikirim ke OPD: ${error.message} Telepon OPD langsung. `
          + "Isian tetap di sini; tekan lagi nanti.";
      }
      this.refused(error, sent);
      if (!this.error || passes(this.error)) this.later(RETRY_MS);
      throw error;
    } finally {
      this.changed();
    }
  }
}

/**
 * The draft of a ticket in this page: one that is not saved yet goes on where its form is opened anew.
 * @param {string} number
 * @param {() => void} changed
 * @returns {Draft}
 */
export function draftOf(number, changed) {
  const draft = /** @type {Draft | undefined} */ (open.get(number)) || new Draft(number, changed);
  draft.changed = changed;
  open.set(number, draft);
  return draft;
}

/**
 * Leave a form: the last keys are saved, and the draft is forgotten as soon as nothing of it is unsaved.
 * @param {Draft} draft
 */
export async function leaveDraft(draft) {
  draft.changed = () => {};
  await draft.save();
  if (!draft.dirty.size && !draft.conflicts.size && open.get(draft.number) === draft) open.delete(draft.number);
}
