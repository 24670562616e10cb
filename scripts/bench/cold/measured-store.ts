/**
 * A trust store that counts its answers, for `npm run bench:cold`. It runs in a Worker of its own,
 * so that the isolate of the gateway has only the gateway. It can also alternate between the two
 * newest documents without compiling, because a real store compiles on another machine.
 */

/** Where the control of the store listens. */
export const STORE_HOST = 'store.invalid'

export type StoreCounts = {
  /** Answers to isolates. */
  readonly answers: number
  /** Answers with a document or its compiled form. */
  readonly loads: number
  /** When the last answer was given, in epoch milliseconds. */
  readonly answeredAt: number
}

/** The entry of the Worker. `index.js` is the bundle of the gateway. */
export const MEASURED_STORE = `
import { DecisionLog, ReplayLedger, TrustStore } from './index.js'
export { DecisionLog, ReplayLedger, RevocationLog } from './index.js'

export class MeasuredStore extends TrustStore {
  #forms = new Map()
  #changes = 0
  #counts = { answers: 0, loads: 0, answeredAt: 0 }

  snapshotSince(known) {
    const delta = this.#changes === 0 ? super.snapshotSince(known) : this.#alternate(known)
    const isLoad = delta.form !== undefined || delta.bytes !== undefined
    if (isLoad) this.#forms.set(delta.revision, delta.form)
    const { answers, loads } = this.#counts
    this.#counts = { answers: answers + 1, loads: loads + Number(isLoad), answeredAt: Date.now() }
    return delta
  }

  #alternate(known) {
    const { revision: newest, bytes, form, ...keys } = super.snapshotSince({ ...known, revision: 2 })
    const revision = newest + this.#changes
    if (known.revision === revision) return { revision, ...keys }
    return { revision, form: this.#forms.get(revision % 2 === 0 ? 2 : 1), ...keys }
  }

  change() {
    if (!this.#forms.get(1) || !this.#forms.get(2)) throw new Error('two forms are needed')
    this.#changes += 1
  }

  counts() {
    return this.#counts
  }
}

export class IdleLedger extends ReplayLedger {
  async claim() {
    return true
  }
}

export class IdleDecisionLog extends DecisionLog {
  async append() {
    return { sequence: 1 }
  }
}

export default {
  async fetch(request, env) {
    const store = env.TRUST_STORE.getByName('trust')
    const { pathname } = new URL(request.url)
    if (pathname === '/change') await store.change()
    if (pathname !== '/put') return Response.json(await store.counts())
    const bytes = new Uint8Array(await request.arrayBuffer())
    const { revision } = await store.currentDocument()
    return Response.json(await store.putDocument({ bytes, author: 'bench', ifRevision: revision }))
  },
}
`
