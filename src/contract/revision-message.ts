/** The message of a revision of the trust document. */
import { MAX_REVISION_MESSAGE_CHARACTERS } from './limits.ts'
import { plainText } from './text.ts'

/** The parameter `message` of `PUT /admin/v1/trust`: one line of plain text. */
export const revisionMessageSchema = plainText(MAX_REVISION_MESSAGE_CHARACTERS)
