// Photos go out small enough for a slow network; what this browser cannot read goes out as it is.
import { send } from "./api.js";

const LONGEST = 1920;
const SMALL = 600 * 1024;

export async function upload(assignment, file) {
  return send("POST", `/api/assignments/${assignment}/photos`, await shrink(file));
}

export async function shrink(file) {
  if (file.size <= SMALL) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob && blob.size < file.size ? blob : file;
  } catch { return file; }
}
