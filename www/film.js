// Records a canvas into a file. Fetched when somebody asks for a film: see boot.js.

/** What browsers can write, the best first, with the ending of its file. */
const KINDS = [
  ["video/webm;codecs=vp9", "webm"],
  ["video/webm;codecs=vp8", "webm"],
  ["video/webm", "webm"],
  ["video/mp4", "mp4"],
];

/** Lines and words on one ground need few bits; this is what they may take, per second. */
const BITS = 4e6;

/**
 * Begins to record `canvas`. `told` hears once how it ended: the name of the file that was saved, or
 * nothing if there is none. Answers with a function that takes "pause", "resume", "stop", and "leave":
 * who has left is told nothing more. Throws where the browser cannot record.
 */
export function begin(canvas, name, told) {
  const [type, ending] = KINDS.find(([type]) => MediaRecorder.isTypeSupported(type));
  const stream = canvas.captureStream(30);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS });
  const parts = [];
  const length = stopwatch();
  let listens = true;
  const stop = () => {
    length(false);
    if (recorder.state !== "inactive") recorder.stop();
  };
  recorder.onpause = () => length(false);
  recorder.onstart = recorder.onresume = () => length(true);
  recorder.ondataavailable = ({ data }) => data.size > 0 && parts.push(data);
  // What there is so far is kept.
  recorder.onerror = stop;
  recorder.onstop = async () => {
    stream.getTracks().forEach((track) => track.stop());
    if (!listens) return;
    const file = name + ending;
    if (parts.length > 0) save(await timed(new Blob(parts, { type }), length(false)), file);
    told(parts.length > 0 ? file : undefined);
  };
  recorder.start(1000);
  return (word) => {
    listens &&= word !== "leave";
    if (word === "pause" && recorder.state === "recording") recorder.pause();
    else if (word === "resume" && recorder.state === "paused") recorder.resume();
    else if (word === "stop" || word === "leave") stop();
  };
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // A browser that asks where to put the file reads it later.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Told whether time counts from now on, answers with the milliseconds that have counted so far. */
function stopwatch() {
  let counted = 0;
  let since;
  return (counts) => {
    const now = performance.now();
    if (since !== undefined) counted += now - since;
    since = counts ? now : undefined;
    return counted;
  };
}

/**
 * A film with its length in its head. A recorder writes the head of a WebM file before it knows the
 * length, and players then show none. A file that is built in another way stays as it is.
 */
export async function timed(blob, ms) {
  const head = new Uint8Array(await blob.slice(0, 512).arrayBuffer());
  const segment = element(head, [0x18, 0x53, 0x80, 0x67]);
  const info = element(head, [0x15, 0x49, 0xa9, 0x66]);
  // Only a segment of unknown size may grow, and every bit of such a size is set.
  if (!segment?.open || !info || info.open || info.end > head.length) return blob;
  const known = head.subarray(info.body, info.end).some((byte, at, all) => byte === 0x44 && all[at + 1] === 0x89);
  if (known) return blob;
  const duration = new DataView(new ArrayBuffer(11));
  duration.setUint32(0, 0x44898800);
  duration.setFloat64(3, ms);
  const size = new DataView(new ArrayBuffer(8));
  size.setUint32(0, 0x01000000);
  size.setUint32(4, info.end - info.body + 11);
  const parts = [blob.slice(0, info.size), size, blob.slice(info.body, info.end), duration, blob.slice(info.end)];
  return new Blob(parts, { type: blob.type });
}

/** Where an element of a WebM file has its size, its body and its end; `open` if the size is unknown. */
function element(bytes, name) {
  const at = bytes.findIndex((_, at) => name.every((byte, next) => bytes[at + next] === byte));
  if (at < 0) return undefined;
  const size = at + name.length;
  // As many zero bits as further bytes, a one, and then the number.
  const width = Math.clz32(bytes[size]) - 23;
  const mask = 0xff >> width;
  const digits = [bytes[size] & mask, ...bytes.subarray(size + 1, size + width)];
  const open = digits.every((digit, at) => digit === (at ? 0xff : mask));
  const body = size + width;
  return { size, body, open, end: digits.reduce((sum, digit) => sum * 256 + digit, 0) + body };
}
