/** What the message of a problem says when a value, and not its name or type, is wrong. */
import { describe, expect, it } from 'vitest'
import { good, owner, problemsOf, withGrant, withRule, withWhen } from '../support/documents.ts'

const { version: _, ...unversioned } = good

describe('the message for a value that is not allowed', () => {
  it.each([
    {
      name: 'a missing version',
      document: unversioned,
      messages: ['is missing: version must be 1'],
    },
    {
      name: 'a version as text',
      document: { ...good, version: '1' },
      messages: ['must be 1, not a string'],
    },
    { name: 'a later version', document: { ...good, version: 2 }, messages: ['must be 1'] },
    {
      name: 'an effect in capitals',
      document: withRule({ effect: 'Deny' }),
      messages: ['must be allow or deny'],
    },
    {
      name: 'an unknown mode',
      document: withRule({ mode: 'dry-run' }),
      messages: ['must be enforce or observe'],
    },
    {
      name: 'an unknown replay mode',
      document: withGrant({ replay: 'never' }),
      messages: ['must be once or once_per_resource or reuse'],
    },
    { name: 'an empty owner', document: withRule({ owner: '' }), messages: ['must not be empty'] },
    {
      name: 'an owner that is too long',
      document: withRule({ owner: 'a'.repeat(1000) }),
      messages: [expect.stringMatching(/^must have at most \d+ characters$/)],
    },
    {
      name: 'a condition without values',
      document: withWhen({ ...owner, event_name: [] }),
      messages: ['must not be empty'],
    },
    {
      name: 'a condition with too many values',
      document: withWhen({ ...owner, event_name: Array.from({ length: 1000 }, (_, i) => `e${i}`) }),
      messages: [expect.stringMatching(/^must have at most \d+ items$/)],
    },
    {
      name: 'a budget of nothing',
      document: withGrant({ budget: { grants: 0 } }),
      messages: ['must be at least 1'],
    },
    {
      name: 'a budget beyond the whole numbers',
      document: withGrant({ budget: { grants: 2 ** 60 } }),
      messages: ['must be at most 9007199254740991', 'must be at most 10000'],
    },
    {
      name: 'a budget that JSON reads as infinite',
      document: withGrant({ budget: { grants: JSON.parse('1e999') } }),
      messages: ['is too large for a number'],
    },
    {
      name: 'a claim that JSON reads as infinite',
      document: withGrant({ claims: { size: JSON.parse('-1e999') } }),
      messages: ['is too large for a number'],
    },
    {
      name: 'a condition that JSON reads as infinite',
      document: withWhen({ ...owner, run_attempt: JSON.parse('1e999') }),
      messages: ['is too large for a number'],
    },
    {
      name: 'a limit of a condition that JSON reads as infinite',
      document: withWhen({ ...owner, run_attempt: { min: JSON.parse('1e999') } }),
      messages: ['is too large for a number'],
    },
    {
      name: 'a budget beyond the limit',
      document: withGrant({ budget: { grants: 1e6 } }),
      messages: ['must be at most 10000'],
    },
    {
      name: 'a budget with a fraction',
      document: withGrant({ budget: { grants: 1.5 } }),
      messages: ['must be a whole number'],
    },
  ])('$name', ({ document, messages }) => {
    expect(problemsOf(document).map(({ message }) => message)).toEqual(messages)
  })
})
