// Requests to the server; every failure becomes a sentence for people.
import { sentence } from "./words.js";

export class Refused extends Error {
  constructor(text, status = 0, field = null) {
    super(sentence(text));
    this.status = status;
    this.field = field;
  }
}

const TIMEOUT_MS = 15000;

export async function send(method, path, body, { headers = {}, ...options } = {}) {
  const form = body instanceof FormData;
  const raw = body instanceof Blob || form;
  const stop = AbortSignal.timeout ? AbortSignal.timeout(raw ? 120000 : TIMEOUT_MS) : undefined;
  let answer;
  try {
    answer = await fetch(path, {
      method, signal: stop, credentials: "same-origin", ...options,
      headers: body === undefined || form ? headers
        : { ...headers, "Content-Type": raw ? body.type || "application/octet-stream" : "application/json" },
      body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
    });
  } catch {
    throw new Refused("server tidak terjangkau; belum tersimpan", 0);
  }
  const found = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new Refused("sesi habis; masuk lagi", 401);
  if (!answer.ok) throw new Refused(found.error || `server menjawab ${answer.status}`, answer.status, found.field);
  return found;
}

export const get = (path) => send("GET", path);
export const post = (path, body = {}) => send("POST", path, body);

let held = null;

// Categories, agencies and places; fetched again when the configuration's edition has changed.
export async function reference(edition) {
  if (!held || held.edition !== edition) held = await get("/api/reference");
  return held;
}
