// @ts-check
// One socket for the page: snapshots come in, «here» goes out; it comes back by itself.
import { hearServer } from "./time.js";

const SILENT_MS = 12000; // the server says something at least every 5 s
const HERE_MS = 10000;
const LONGEST = 4000; // bytes that the server takes at once
const WAITS_MS = [300, 700, 1500, 3000, 5000];

export class Live {
  /**
   * tell({link, data?, version?, notice?, about?}): link is connecting | open | lost | ended
   * @param {string} page
   * @param {string} number
   * @param {(news: News) => void} tell
   */
  constructor(page, number, tell) {
    const query = new URLSearchParams(number ? { page, number } : { page });
    this.address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live?${query}`;
    this.tell = tell;
    this.failures = 0;
    this.sounding = false;
    this.opened = ""; // the ticket in the form
    this.heard = Date.now();
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Map<string, (reply: any) => void>} */
    this.asked = new Map(); // by their key: answers that this socket carries
    this.newsAt = Date.now(); // when the server last said anything
    setInterval(() => this.watch(), 1000);
    setInterval(() => this.here(), HERE_MS);
    addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.retryNow());
    this.connect();
  }

  /**
   * Tells the server whether this page can be heard: only then it counts as a siren.
   * @param {boolean} sounding
   */
  sounds(sounding) {
    if (this.sounding === sounding) return;
    this.sounding = sounding;
    this.here();
  }

  /**
   * Tells the server which ticket is open here, so that others who have it open know.
   * @param {string} number
   */
  opens(number) {
    if (this.opened === number) return;
    this.opened = number;
    this.here();
  }

  here() {
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(["here", this.sounding && "sounding", this.opened].filter(Boolean).join(" "));
  }

  /**
   * An agency's answer over this socket: {status, body} as over HTTP; null where the socket is no way.
   * @param {string} key
   * @param {number} assignment
   * @param {string} body
   * @param {number} ms how long its reply is waited for
   * @returns {Promise<{ status: number, body: any } | null>}
   */
  answer(key, assignment, body, ms) {
    const text = JSON.stringify({ key, assignment, body });
    const open = this.socket && this.socket.readyState === WebSocket.OPEN;
    if (!open || new Blob([text]).size > LONGEST) return Promise.resolve(null);
    return new Promise((done) => {
      const end = (/** @type {any} */ reply) => { clearTimeout(late); this.asked.delete(key); done(reply); };
      const late = setTimeout(() => end(null), ms);
      this.asked.set(key, end);
      this.socket?.send(text);
    });
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const socket = new WebSocket(this.address);
    this.socket = socket;
    this.heard = Date.now();
    socket.onopen = () => this.here();
    socket.onmessage = (event) => socket === this.socket && this.hear(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.socket && this.lost(event.code);
  }

  /** @param {any} message */
  hear(message) {
    this.heard = Date.now();
    if (!message.blind) this.newsAt = this.heard; // a server that cannot read its store tells us nothing
    this.failures = 0;
    hearServer(message.at);
    if (message.type === "hello") this.tell({ link: "open", version: message.version });
    else if (message.type === "snapshot") this.tell({ link: "open", data: message.data });
    else if (message.type === "answered") this.asked.get(message.key)?.(message);
    else if (message.type === "notice") this.tell({ notice: message.sentence, about: message.about });
  }

  /** @param {number} code */
  lost(code) {
    this.socket = null;
    if (code === 4401) return this.tell({ link: "ended" });
    this.tell({ link: "lost" });
    const wait = WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)];
    this.failures += 1;
    this.timer = setTimeout(() => this.connect(), wait * (0.8 + Math.random() * 0.4));
    if (this.failures % 4 === 3) this.checkSession();
  }

  // A refused handshake tells a browser nothing, so ask by fetch whether the session has ended.
  async checkSession() {
    try {
      const answer = await fetch("/api/reference", { credentials: "same-origin" });
      if (answer.status !== 401) return;
      clearTimeout(this.timer);
      this.tell({ link: "ended" });
    } catch { /* not reachable: the next attempt will tell */ }
  }

  watch() {
    if (this.socket && Date.now() - this.heard > SILENT_MS) {
      const dead = this.socket;
      this.lost(0);
      dead.close();
    }
  }

  retryNow() {
    if (!this.socket && this.timer) this.connect();
  }
}
