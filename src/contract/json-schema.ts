/** The trust document as JSON Schema (2020-12), so that editors complete it and explain it. */
import * as z from 'zod/mini'
import { trustDocumentSchema } from './trust-document.ts'

/** What editors check; the compiler says more. Made anew each time, so callers may change it. */
export function describeTrustDocument(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(trustDocumentSchema, { io: 'input', unrepresentable: 'any' }) }
}
