// @ts-check
// «Akhiri»: ends the call, for the caller too. A telephone that hangs up within seconds does not: this is the decision.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { sayError } from "../shared/toast.js";

const SURE_MS = 4000;
const ANSWER_MS = 5000;
const NO_ANSWER = "Proses panggilan tidak menjawab: panggilan belum berakhir. Coba lagi.";

/**
 * Asks once more, for a few seconds: a slipped key must not hang up on anybody.
 * @param {{ call: Call }} props
 */
export function Finish({ call }) {
  const [step, setStep] = useState(/** @type {"" | "sure" | "asked"} */ (""));
  const now = useRef(step);
  now.current = step;
  useEffect(() => {
    if (!step) return;
    const timer = setTimeout(() => {
      setStep("");
      if (step === "asked") sayError({ message: NO_ANSWER });
    }, step === "sure" ? SURE_MS : ANSWER_MS);
    /** @param {any} event */
    const refused = (event) => { if (event.detail === "request.finish") setStep(""); };
    addEventListener("refused", refused);
    return () => { clearTimeout(timer); removeEventListener("refused", refused); };
  }, [step]);
  const press = async () => {
    if (now.current === "asked") return;
    if (now.current === "") return setStep("sure");
    setStep("asked");
    try { await post(`/api/calls/${encodeURIComponent(call.id)}/finish`); } catch (error) {
      setStep("");
      sayError(error);
    }
  };
  useLayoutEffect(() => { // with the button, not a frame later: a key pressed in between would be lost
    /** @param {KeyboardEvent} event */
    const keys = (event) => {
      if (event.altKey && !event.ctrlKey && event.code === "KeyQ" && !event.repeat) { event.preventDefault(); press(); }
      if (event.key === "Escape" && now.current === "sure") setStep("");
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  if (step === "asked") return html`<span class="chip info" role="status">Mengakhiri…</span>`;
  return html`<button type="button" class=${`button slim finish ${step ? "act" : "quiet"}`} onClick=${press}>
    <span role="status">${step ? "Ya, akhiri panggilan" : "Akhiri"}</span> <kbd>Alt+Q</kbd></button>`;
}
