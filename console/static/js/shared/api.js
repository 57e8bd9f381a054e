// @ts-check
// Requests to the server; every failure becomes a sentence for people.
import { sentence } from "./words.js";

export class Refused extends Error {
  /**
   * @param {string} text
   * @param {number} [status]
   * @param {string | null} [field]
   * @param {Record<string, any>} [reply] the whole answer
   */
  constructor(text, status = 0, field = null, reply = {}) {
    super(sentence(text));
    this.status = status;
    this.field = field;
    this.reply = reply;
  }
}

const TIMEOUT_MS = 15000;

/** @param {unknown} body */
const typeOf = (body) => (body instanceof Blob ? body.type || "application/octet-stream" : "application/json");

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {RequestInit & { headers?: Record<string, string> }} [options]
 */
export async function send(method, path, body, { headers = {}, ...options } = {}) {
  const form = body instanceof FormData;
  const raw = body instanceof Blob ? body : form ? body : null;
  const stop = AbortSignal.timeout ? AbortSignal.timeout(raw ? 120000 : TIMEOUT_MS) : undefined;
  let answer;
  try {
    answer = await fetch(path, {
      method, signal: stop, credentials: "same-origin", ...options,
      headers: body === undefined || form ? headers : { ...headers, "Content-Type": typeOf(body) },
      body: body === undefined ? undefined : raw || JSON.stringify(body),
    });
  } catch {
    throw new Refused("server tidak terjangkau; belum tersimpan", 0);
  }
  const reply = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new Refused("sesi habis; masuk lagi", 401);
  if (!answer.ok) throw new Refused(reply.error || `server menjawab ${answer.status}`, answer.status, reply.field,
    reply);
  return reply;
}

/** @param {string} path */
export const get = (path) => send("GET", path);
/**
 * @param {string} path
 * @param {unknown} [body]
 */
export const post = (path, body = {}) => send("POST", path, body);

/** @type {Reference | null} */
let held = null;

/**
 * Categories, agencies and places; fetched again when the configuration's edition has changed.
 * @param {number} edition
 */
export async function reference(edition) {
  if (!held || held.edition !== edition) held = await get("/api/reference");
  return held;
}
