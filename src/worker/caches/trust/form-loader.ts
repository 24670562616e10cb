/**
 * Loads compiled forms in an isolate, and counts those that are refused. If a form is refused, the
 * document is compiled instead. `/health` shows the counts.
 */
import type { Ceilings } from '../../../core/policy/compile/compiled.ts'
import type { StoredTrust } from '../../../core/policy/compile/stored.ts'
import type { FormFault } from '../../../core/policy/form/compiled-form.ts'
import { readForm } from '../../../core/policy/form/read-form.ts'
import { hasDigest } from '../../trust-layers/content/content.ts'
import type { SentForm } from '../../trust-layers/trust-messages.ts'

export type FormLoader = {
  /** Undefined if the form is refused. Never throws. */
  readonly load: (form: SentForm) => Promise<StoredTrust | undefined>
  /** How many forms this isolate has refused, by cause. */
  readonly refused: () => Readonly<Partial<Record<FormFault, number>>>
}

export function createFormLoader(ceilings: Ceilings): FormLoader {
  const refused: Partial<Record<FormFault, number>> = {}
  async function read({ bytes, digest, document }: SentForm): Promise<StoredTrust | FormFault> {
    // Every other check relies on this one: a form with the right digest is what the store wrote.
    if (!(await hasDigest(bytes, digest))) return 'other_digest'
    try {
      return readForm(bytes, document, ceilings)
    } catch {
      return 'damaged'
    }
  }
  return {
    async load(form) {
      const loaded = await read(form)
      if (typeof loaded !== 'string') return loaded
      refused[loaded] = (refused[loaded] ?? 0) + 1
      return undefined
    },
    refused: () => ({ ...refused }),
  }
}
