/**
 * Synchronous SHA-256 (FIPS 180-4) of short public text. WebCrypto's digest is asynchronous. With
 * this one, the decision is a synchronous function that the gateway and the tools share. Templates,
 * default subjects, hashes in the log and thumbprints of public keys use it. Do not use it for keys,
 * MACs or passwords.
 */
import { encodeBase64Url } from './base64.ts'

const INITIAL = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
])

/** The round constants of §4.2.2: fractional parts of the cube roots of the first 64 primes. */
const ROUND = new Int32Array(
  (
    '428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 ' +
    'd807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 ' +
    'e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da ' +
    '983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 ' +
    '27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 ' +
    'a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 ' +
    '19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 ' +
    '748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2'
  )
    .split(' ')
    .map((word) => Number.parseInt(word, 16)),
)

/** Reused, because creating it takes longer than a round. Digests are synchronous. */
const schedule = new Int32Array(64)

const encoder = new TextEncoder()

/** The digest of the UTF-8 bytes, in lower-case hex. */
export function sha256Hex(text: string): string {
  return Array.from(sha256Words(text), (word) => word.toString(16).padStart(8, '0')).join('')
}

/** The digest of the UTF-8 bytes, in base64url without padding. */
export function sha256Base64Url(text: string): string {
  const digest = new DataView(new ArrayBuffer(32))
  for (const [index, word] of sha256Words(text).entries()) digest.setUint32(4 * index, word)
  return encodeBase64Url(new Uint8Array(digest.buffer))
}

/** The digest of the UTF-8 bytes as eight unsigned 32-bit numbers. */
export function sha256Words(text: string): Uint32Array {
  const blocks = pad(encoder.encode(text))
  const state = INITIAL.slice()
  for (let offset = 0; offset < blocks.byteLength; offset += 64) {
    for (let index = 0; index < 16; index += 1) {
      schedule[index] = blocks.getInt32(offset + 4 * index)
    }
    compress(state)
  }
  return new Uint32Array(state.buffer)
}

/** §5.1.1: a one bit, zeros, and the length in bits as 64 bits. */
function pad(bytes: Uint8Array): DataView {
  const padded = new Uint8Array(64 * Math.ceil((bytes.length + 9) / 64))
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, (bytes.length * 8) >>> 0)
  return view
}

/**
 * §6.2.2. Every sum is cut to 32 bits. Iterators would take several times as long, and a check of a
 * token hashes its `jti`.
 */
function compress(state: Int32Array): void {
  const w = schedule
  for (let t = 16; t < 64; t += 1) {
    const w15 = at(w, t - 15)
    const w2 = at(w, t - 2)
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10)
    w[t] = at(w, t - 16) + s0 + at(w, t - 7) + s1
  }
  let a = at(state, 0)
  let b = at(state, 1)
  let c = at(state, 2)
  let d = at(state, 3)
  let e = at(state, 4)
  let f = at(state, 5)
  let g = at(state, 6)
  let h = at(state, 7)
  for (let t = 0; t < 64; t += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + at(ROUND, t) + at(w, t)) | 0
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  add(state, 0, a)
  add(state, 1, b)
  add(state, 2, c)
  add(state, 3, d)
  add(state, 4, e)
  add(state, 5, f)
  add(state, 6, g)
  add(state, 7, h)
}

function at(words: Int32Array, index: number): number {
  return words[index] ?? 0
}

function add(words: Int32Array, index: number, term: number): void {
  words[index] = at(words, index) + term
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}
