// Two people type into one ticket while the network loses requests and answers: no word shown as saved is lost.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { clean, clock, fresh, network } from "./browser.js";

const NUMBER = "T-1";
const FIELDS = ["address", "description"];
const words = (text) => (text || "").split(" ").filter(Boolean);

/** mulberry32: the same numbers for the same seed. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The ticket on the server: takes saves by the rules of tickets/cases/typed_over.py. */
class Server {
  constructor() {
    this.fields = { address: null, description: null };
    this.authors = {};
    this.revision = 0;
  }

  snapshot() {
    return { number: NUMBER, kind: null, category: null, kecamatan: null, desa: null, reporter_name: null,
      reporter_number: null, status: "open", erasures: 0, revision: this.revision, ...this.fields };
  }

  save({ over, ...fields }) {
    const conflicts = [], saved = [];
    for (const [name, text] of Object.entries(fields)) {
      const author = this.authors[name], value = text || null;
      if (this.fields[name] !== value && author && author.draft !== over.draft) {
        if (this.fields[name] !== (over.fields[name] || null)) {
          conflicts.push({ field: name, theirs: this.fields[name], by: author.draft, at: "2026-11-30T05:00:00Z" });
          continue;
        }
      } else if (author && over.turn < author.turn) continue;
      saved.push(name);
      if (this.fields[name] === value) continue;
      this.fields[name] = value;
      this.authors[name] = { draft: over.draft, turn: over.turn };
      this.revision += 1;
    }
    const answer = { saved, at: "2026-11-30T05:00:00Z", revision: this.revision };
    return conflicts.length ? network.json(409, { ...answer, error: "dua isian", conflicts }) : answer;
  }
}

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** A network that loses requests on their way, or their answers, or carries them out after nobody waits any more. */
function lossy(server, chance) {
  return async ({ body }) => {
    await wait(chance() * 300);
    const fate = chance(), asked = JSON.parse(body);
    if (fate < 0.15) return new Error("lost on its way");
    if (fate < 0.25) {
      wait(chance() * 4000).then(() => server.save(asked));
      return new Error("given up");
    }
    const answer = server.save(asked);
    if (fate < 0.4) return new Error("the answer is lost");
    await wait(chance() * 300);
    return answer;
  };
}

/** A person at a form: what was shown as saved, and what was seen in a conflict. */
class Hands {
  constructor(draft, name, chance) { Object.assign(this, { draft, name, chance, count: 0, saved: [], seen: [] }); }

  look() {
    const { draft } = this;
    for (const { yours, theirs } of draft.conflicts.values()) this.seen.push(...words(yours), ...words(theirs));
    if (draft.conflicts.size || draft.error || draft.dirty.size || !draft.savedAt) return;
    for (const field of FIELDS) this.saved.push(...words(draft.fields[field]));
  }

  act() {
    const { draft, chance } = this;
    const [conflict] = draft.conflicts.keys();
    if (conflict && chance() < 0.5) return draft.choose(conflict, chance() < 0.5);
    const field = FIELDS[Math.floor(chance() * FIELDS.length)];
    this.count += 1;
    draft.set(field, `${draft.fields[field] || ""} ${this.name}${this.count}`.trim());
  }
}

async function play(seed) {
  const chance = dice(seed), server = new Server();
  network.answers = lossy(server, chance);
  const hands = [];
  for (const name of ["a", "b"]) {
    const { Draft } = await fresh("desk/draft.js");
    hands.push(new Hands(new Draft(NUMBER, () => {}), name, chance));
  }
  const look = () => hands.forEach((hand) => hand.look());
  const tell = (hand) => {
    const snapshot = server.snapshot();
    wait(chance() * 500).then(() => { hand.draft.take(snapshot); look(); });
  };
  hands.forEach((hand) => hand.draft.take(server.snapshot()));
  for (let turn = 0; turn < 40; turn += 1) {
    const hand = hands[Math.floor(chance() * 2)];
    if (chance() < 0.6) hand.act(); else hands.forEach(tell);
    look();
    await clock.pass(chance() * 700);
    look();
  }
  network.answers = async ({ body }) => server.save(JSON.parse(body));
  for (let turn = 0; turn < 20; turn += 1) {
    hands.forEach(tell);
    await clock.pass(5000);
    look();
    for (const { draft } of hands) for (const field of [...draft.conflicts.keys()]) draft.choose(field, true);
  }
  const kept = FIELDS.flatMap((field) => words(server.fields[field]));
  const known = new Set([...kept, ...hands.flatMap((hand) => hand.seen)]);
  const unsaved = hands.flatMap(({ draft }) => [...draft.dirty.keys()]);
  return { lost: hands.flatMap((hand) => hand.saved).filter((word) => !known.has(word)), unsaved,
    saved: new Set(hands.flatMap((hand) => hand.saved)).size, seen: new Set(hands.flatMap((hand) => hand.seen)).size };
}

beforeEach(clean);

test("over many afternoons of two people on a bad network no word that was called saved is lost", async () => {
  const counts = { saved: 0, seen: 0 };
  for (let seed = 1; seed <= Number(process.env.TANGGAP_SEEDS || 25); seed += 1) {
    clean();
    const { lost, unsaved, saved, seen } = await play(seed);
    assert.deepEqual([lost, unsaved], [[], []], `seed ${seed}`);
    counts.saved += saved;
    counts.seen += seen;
  }
  assert.ok(counts.saved > 100 && counts.seen > 100, JSON.stringify(counts));
});
