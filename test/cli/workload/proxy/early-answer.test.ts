/** The answer of an upstream that refuses a large body while the program still sends it. */
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { startProxy } from '../../support/proxy.ts'
import { LARGE_BODY, putLarge, refuseEarly } from '../../support/refusing-upstream.ts'

const upstream = createServer(refuseEarly)
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
afterAll(() => void upstream.close())
const { url } = await startProxy(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`)

test.each([
  ['of a known length', { 'content-length': String(LARGE_BODY.length) }],
  ['in chunks', { 'transfer-encoding': 'chunked' }],
])('reaches the program, for a body %s', async (_, headers) => {
  for (let turn = 0; turn < 5; turn += 1) expect(await putLarge(url, headers)).toBe('413 big')
})
