/** The migrations of the trust store. Each file of the store has its own tables. */
import { PUBLISHED_CONTENT } from '../../trust-layers/content/publish-content.ts'
import { FORM_TABLES } from './compiled-forms.ts'
import {
  BUNDLE_SEQUENCE,
  ISSUER_FACTS,
  ISSUER_KEY_TABLES,
  KEY_EPOCH,
  UNUSABLE_KEYS,
} from './issuer-key-rows.ts'
import { KEY_HOSTS } from './key-sources.ts'
import { REVISION_NOTES, REVISION_TABLES } from './revisions.ts'
import { REMINDER_RETRIES, REMINDER_TABLES } from './rule-reminders.ts'

export const MIGRATIONS = [
  `${REVISION_TABLES}${ISSUER_KEY_TABLES}`,
  ISSUER_FACTS,
  BUNDLE_SEQUENCE,
  `${KEY_HOSTS}${UNUSABLE_KEYS}`,
  KEY_EPOCH,
  FORM_TABLES,
  PUBLISHED_CONTENT,
  REVISION_NOTES,
  REMINDER_TABLES,
  REMINDER_RETRIES,
] as const
