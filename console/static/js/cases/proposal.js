// @ts-check
// The agencies that routing proposes for what is typed so far.
import { useEffect, useState } from "../../vendor/preact-htm.js";
import { get } from "../shared/api.js";

/**
 * @param {string | null} category
 * @param {string | null} kecamatan
 */
export function useProposal(category, kecamatan) {
  const [proposal, setProposal] = useState(/** @type {Proposal} */ ({ opds: [], why: "" }));
  useEffect(() => {
    if (!category) return setProposal({ opds: [], why: "" });
    let late = false;
    get(`/api/proposal?${new URLSearchParams({ category, kecamatan: kecamatan || "" })}`)
      .then((answer) => late || setProposal(answer))
      .catch(() => {}); // the operator chooses by hand
    return () => { late = true; };
  }, [category, kecamatan]);
  return proposal;
}
