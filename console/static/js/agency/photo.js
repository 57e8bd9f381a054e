// @ts-check
// Photos go out small enough for a slow network; what this browser cannot read goes out as it is.

const LONGEST = 1600;
const SMALL = 400 * 1024;
const HEIC = /hei[cf]$/i;
const MOST = 8 * 1024 * 1024; // more than that 112 does not take
const QUALITIES = [0.82, 0.65, 0.5];

/**
 * The photo with its longest side at LONGEST; `always` draws a small one anew too, which loses what its camera wrote.
 * @param {File} file
 * @param {boolean} [always]
 */
export async function shrink(file, always = false) {
  if (file.size <= SMALL && !always) return file;
  // 112 reads it with its time and place, which are lost here; an iPhone gives JPEG for «image/*» anyway
  if (HEIC.test(file.type || file.name) && file.size <= MOST) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    let blob = null;
    for (const quality of QUALITIES) {
      blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (!blob || blob.size <= SMALL) break;
    }
    return blob && (always || blob.size < file.size) ? blob : file;
  } catch { return file; }
}
