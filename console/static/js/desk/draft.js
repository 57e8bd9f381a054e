// @ts-check
// The draft of one ticket: what is typed is kept in the browser at once and on the server a moment later.
import { send } from "../shared/api.js";
import { keep, recall } from "../shared/keep.js";

/** @typedef {keyof Reported} Field */

/** @type {Field[]} */
export const FIELDS = ["kind", "category", "kecamatan", "desa", "address", "description", "reporter_name",
  "reporter_number"];
/** @type {(name: string) => name is Field} */
const isField = (name) => FIELDS.some((field) => field === name);
const PAUSE_MS = 400;
const RETRY_MS = 3000;

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
    this.known = /** @type {Partial<Record<Field, string>>} */ ({}); // what the server said last
    /** @type {Map<Field, string | undefined>} field -> what the server said before: a snapshot with it is older */
    this.ahead = new Map();
    /** @type {Moment | null} */
    this.savedAt = null;
    /** @type {Trouble | null} */
    this.error = null;
    this.wrong = /** @type {Record<string, string>} */ ({});
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.saving = false;
    this.restore();
  }

  get key() { return `draft:${this.number}`; }

  // Takes up the fields that an earlier page could not save any more.
  restore() {
    let kept;
    try { kept = JSON.parse(recall(this.key) || "{}"); } catch { kept = {}; }
    for (const [field, value] of Object.entries(kept || {})) if (isField(field)) this.set(field, value);
  }

  /**
   * The server's values, for every field that is not being typed in here.
   * @param {Ticket} ticket
   */
  take(ticket) {
    const active = /** @type {HTMLInputElement | null} */ (document.activeElement)?.name;
    for (const field of FIELDS) {
      const known = ticket[field] || "";
      if (this.ahead.get(field) === known) continue;
      this.ahead.delete(field);
      this.known[field] = known;
      if (!this.dirty.has(field) && (field !== active || !(field in this.fields))) this.fields[field] = known;
    }
  }

  /**
   * @param {Field} field
   * @param {string | null} value
   */
  set(field, value) {
    this.fields[field] = value || "";
    this.dirty.set(field, (this.dirty.get(field) || 0) + 1);
    delete this.wrong[field];
    keep(this.key, JSON.stringify(this.unsaved()));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE_MS);
    this.changed();
  }

  unsaved() {
    return Object.fromEntries([...this.dirty.keys()].map((field) => [field, this.fields[field]]));
  }

  // Send what is unsaved; one request at a time, again and again until the server has it.
  async save() {
    if (this.saving || !this.dirty.size) return;
    const sent = new Map(this.dirty);
    this.saving = true;
    try {
      const answer = await send("PATCH", `/api/tickets/${this.number}`, this.unsaved(), { keepalive: true });
      this.saved(sent, answer.at);
    } catch (error) {
      this.refused(error);
    }
    this.saving = false;
    if (this.dirty.size && !this.error?.field) {
      this.timer = setTimeout(() => this.save(), this.error ? RETRY_MS : PAUSE_MS);
    }
    this.changed();
  }

  /**
   * @param {Map<Field, number>} sent
   * @param {Moment | null} at
   */
  saved(sent, at) {
    for (const [field, count] of sent) {
      if (this.dirty.get(field) === count) this.dirty.delete(field);
      if (this.fields[field] !== this.known[field]) this.ahead.set(field, this.known[field]);
    }
    this.savedAt = at || this.savedAt;
    this.error = null;
    keep(this.key, this.dirty.size ? JSON.stringify(this.unsaved()) : null);
  }

  /** @param {Trouble} error */
  refused(error) {
    this.error = error;
    if (error.field) this.wrong = { [error.field]: error.message };
  }

  /**
   * Dispatch or verdict with the last of the draft in the same transaction.
   * @param {string} path
   * @param {object} body
   */
  async commit(path, body) {
    clearTimeout(this.timer);
    const sent = new Map(this.dirty);
    try {
      const answer = await send("POST", `/api/tickets/${this.number}/${path}`, { ...body, fields: this.unsaved() });
      this.saved(sent, null);
      return answer;
    } catch (error) {
      if (error.status === 503 && path === "dispatch") {
        error.message = `BELUM dikirim ke OPD: ${error.message} Telepon OPD langsung. `
          + "Isian tetap di sini; tekan lagi nanti.";
      }
      this.refused(error);
      this.timer = setTimeout(() => this.save(), RETRY_MS);
      throw error;
    } finally {
      this.changed();
    }
  }
}
