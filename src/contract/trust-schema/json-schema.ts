/** The trust document as JSON Schema (2020-12), for completion and help in editors. */
import * as z from 'zod/mini'
import { trustDocumentSchema } from '../trust-document.ts'

/** The schema for editors. The compiler checks more. Each call returns a new object. */
export function describeTrustDocument(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(trustDocumentSchema, { io: 'input', unrepresentable: 'any' }) }
}
