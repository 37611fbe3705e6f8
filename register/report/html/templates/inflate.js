// Unpacks gzip (RFC 1951, 1952) without the browser's help, so that old browsers see the same page.
var LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
var LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
var DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
var CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function huffman(lengths) {
  var counts = new Uint16Array(16), offsets = new Uint16Array(16), symbols = new Uint16Array(lengths.length), i;
  for (i = 0; i < lengths.length; i++) { counts[lengths[i]]++; }
  counts[0] = 0;
  for (i = 1; i < 16; i++) { offsets[i] = offsets[i - 1] + counts[i - 1]; }
  for (i = 0; i < lengths.length; i++) { if (lengths[i]) { symbols[offsets[lengths[i]]++] = i; } }
  return { counts: counts, symbols: symbols };
}

function inflateGzip(source) {
  var end = source.length, at = 10, hold = 0, held = 0, made = 0, last, i;
  var out = new Uint8Array((source[end - 4] | source[end - 3] << 8 | source[end - 2] << 16 | source[end - 1] << 24) >>> 0);

  function bits(count) {
    while (held < count) { hold |= source[at++] << held; held += 8; }
    var value = hold & (1 << count) - 1;
    hold >>>= count; held -= count;
    return value;
  }
  function symbol(tree) {
    var code = 0, first = 0, index = 0;
    for (var length = 1; length < 16; length++) {
      code |= bits(1);
      var count = tree.counts[length];
      if (code - count < first) { return tree.symbols[index + code - first]; }
      index += count; first = first + count << 1; code <<= 1;
    }
    throw new Error("damaged data");
  }
  function block(literals, distances) {
    for (;;) {
      var found = symbol(literals);
      if (found < 256) { out[made++] = found; continue; }
      if (found === 256) { return; }
      var length = LENGTH_BASE[found - 257] + bits(LENGTH_BITS[found - 257]);
      var far = symbol(distances);
      var distance = DISTANCE_BASE[far] + bits(far < 2 ? 0 : (far >> 1) - 1);
      while (length--) { out[made] = out[made - distance]; made++; }
    }
  }
  function trees() {
    var literals = bits(5) + 257, distances = bits(5) + 1, codes = bits(4) + 4;
    var lengths = new Uint8Array(literals + distances), order = new Uint8Array(19), n = 0;
    for (i = 0; i < codes; i++) { order[CODE_ORDER[i]] = bits(3); }
    var tree = huffman(order);
    while (n < lengths.length) {
      var found = symbol(tree);
      if (found < 16) { lengths[n++] = found; continue; }
      var value = found === 16 ? lengths[n - 1] : 0;
      var times = found === 16 ? 3 + bits(2) : found === 17 ? 3 + bits(3) : 11 + bits(7);
      while (times--) { lengths[n++] = value; }
    }
    block(huffman(lengths.subarray(0, literals)), huffman(lengths.subarray(literals)));
  }
  function stored() {
    hold = held = 0;
    var length = source[at] | source[at + 1] << 8;
    at += 4;
    out.set(source.subarray(at, at + length), made);
    at += length; made += length;
  }
  function fixed() {
    var lengths = new Uint8Array(288), far = new Uint8Array(30);
    for (i = 0; i < 288; i++) { lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8; }
    for (i = 0; i < 30; i++) { far[i] = 5; }
    block(huffman(lengths), huffman(far));
  }
  do {
    last = bits(1);
    [stored, fixed, trees][bits(2)]();
  } while (!last);
  return out;
}

function unpack(base64) {
  var text = atob(base64.replace(/\s+/g, "")), bytes = new Uint8Array(text.length), i;
  for (i = 0; i < text.length; i++) { bytes[i] = text.charCodeAt(i); }
  bytes = inflateGzip(bytes);
  if (window.TextDecoder) { return JSON.parse(new TextDecoder("utf-8").decode(bytes)); }
  var parts = [];
  for (i = 0; i < bytes.length; i += 8192) { parts.push(String.fromCharCode.apply(null, bytes.subarray(i, i + 8192))); }
  return JSON.parse(decodeURIComponent(escape(parts.join(""))));
}
