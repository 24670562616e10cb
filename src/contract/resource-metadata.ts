/** The schema of `protected_resource_metadata` of a resource: what its metadata says (RFC 9728). */
import * as z from 'zod/mini'
import { MAX_NAME_CHARACTERS, MAX_URI_CHARACTERS } from './limits.ts'
import { boundedText, describe, plainText } from './text.ts'

const documentation = boundedText(MAX_URI_CHARACTERS).check(
  z.regex(/^https:\/\/[^\s/?#]+\S*$/, 'must be an https URL'),
)

export const resourceMetadata = z.union([
  z.boolean(),
  z.strictObject({
    name: describe(z.optional(plainText(MAX_NAME_CHARACTERS)), 'The name of the API, for people.'),
    documentation: describe(z.optional(documentation), 'The https URL of a page for developers.'),
  }),
])
