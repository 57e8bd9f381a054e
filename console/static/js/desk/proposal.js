// The agencies that routing proposes for what is typed so far.
import { useEffect, useState } from "../../vendor/preact-htm.js";
import { get } from "../shared/api.js";

export function useProposal(category, kecamatan) {
  const [found, setFound] = useState({ opds: [], why: "" });
  useEffect(() => {
    if (!category) return setFound({ opds: [], why: "" });
    let late = false;
    get(`/api/proposal?${new URLSearchParams({ category, kecamatan: kecamatan || "" })}`)
      .then((answer) => late || setFound(answer))
      .catch(() => {}); // the operator chooses by hand
    return () => { late = true; };
  }, [category, kecamatan]);
  return found;
}
