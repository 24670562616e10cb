/** The playground, revocations and posture. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { hasHeading, open, type Step, settle, tabInto, tabTo } from '../step.ts'
import { checkAccessible } from './accessible.ts'

/** A job of a tag, whose rule no other step changes. */
const TAG_JOB = 3

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A decision is in the log half a second after its answer, and later on a busy machine. */
async function countUntil(page: Page, text: RegExp): Promise<void> {
  const found = page.getByText(text)
  for (let turn = 0; turn < 20 && !(await found.isVisible()); turn += 1) {
    await page.getByRole('button', { name: 'Count first' }).click()
    await found.waitFor({ timeout: 1000 }).catch(() => undefined)
  }
  await found.waitFor()
}

export const PLAYGROUND: readonly Step[] = [
  {
    name: 'the playground decides for an example of the platform, with the trace of each rule',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/playground')
      await page.getByRole('button', { name: 'Fill in an example' }).click()
      assert.equal(
        await page.getByLabel('repository_id', { exact: true }).inputValue(),
        '456789012',
      )
      await page.getByRole('button', { name: 'Decide', exact: true }).click()
      const result = page.locator('section.card', { hasText: 'Decision' })
      await result.getByText('granted', { exact: true }).waitFor()
      await page.getByLabel('repository_id', { exact: true }).fill('999')
      await page.getByText('You changed the question since.').waitFor()
      await page.getByRole('button', { name: 'Decide', exact: true }).click()
      await result.getByText('denied', { exact: true }).waitFor()
      await page
        .getByText(/repository_id must be "456789012", but it is "999"/)
        .first()
        .waitFor()
      await checkAccessible(tour)
    },
  },
  {
    name: 'an answer to a question that was changed meanwhile says so, and the rule is for its issuer',
    run: async (tour) => {
      const { page } = tour
      const answered = Promise.withResolvers<void>()
      await page.route('**/api/v1/explain', async (route) => {
        await answered.promise
        await route.continue()
      })
      await page.getByRole('button', { name: 'Decide', exact: true }).click()
      const issuer = page.getByRole('combobox', { name: 'Issuer' })
      await issuer.selectOption('gitlab')
      const decided = page.waitForResponse('**/api/v1/explain')
      answered.resolve()
      await decided
      await page.getByText('You changed the question since.').waitFor()
      await page.getByRole('button', { name: 'Decide', exact: true }).isEnabled()
      await page.getByText('Suggested rule').click()
      await page.locator('pre', { hasText: 'from: github' }).waitFor()
      await page.unroute('**/api/v1/explain')
      await open(tour, '/playground')
      await page.getByRole('button', { name: 'Fill in an example' }).click()
      await page.getByLabel('repository_id', { exact: true }).fill('999')
      await page.getByRole('button', { name: 'Decide', exact: true }).click()
      await page.getByText('denied', { exact: true }).waitFor()
    },
  },
  {
    name: 'it makes a fixture and a rule',
    run: async (tour) => {
      const { page } = tour
      await page.getByText('Test fixture').click()
      await page.locator('pre', { hasText: 'decision: denied' }).waitFor()
      await page.getByText('Suggested rule').click()
      await page.locator('pre', { hasText: '- name: github-workload' }).waitFor()
      await checkAccessible(tour)
    },
  },
  {
    name: 'a pasted token is decoded, and no request has it',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/playground')
      const sent: string[] = []
      page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
      const claims = { repository_id: '7', ref: 'refs/heads/main', sub: 'repo:x/y' }
      const token = `${encode({ alg: 'RS256' })}.${encode(claims)}.c2lnbmF0dXJl`
      await page.getByLabel('Token', { exact: true }).check()
      await page.getByRole('textbox', { name: 'Token' }).fill(token)
      await page.getByText('The claims of the token:').waitFor()
      await page.getByRole('button', { name: 'Decide', exact: true }).click()
      await page.getByText('denied', { exact: true }).waitFor()
      assert.ok(sent.some((text) => text.includes('"repository_id":"7"')))
      assert.ok(!sent.some((text) => text.includes('c2lnbmF0dXJl')))
      const stored = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
      )
      assert.ok(!stored.includes('c2lnbmF0dXJl'))
      await page.getByRole('textbox', { name: 'Token' }).fill('not a token')
      await page.getByRole('button', { name: 'Decide', exact: true }).click()
      await page.getByText('This is no JWT').waitFor()
    },
  },
]

export const POSTURE: readonly Step[] = [
  {
    name: 'posture has findings that lead to their rules, filters, and exports',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/posture')
      await page.getByText(/^\d+ findings$/).waitFor()
      await page.getByLabel('Search').fill('old-release-job')
      await page.getByText(/^[1-9]\d* of \d+ findings$/).waitFor()
      for (const text of await page.locator('tbody tr').allInnerTexts()) {
        assert.match(text, /old-release-job/)
      }
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export CSV' }).click(),
      ])
      assert.equal(download.suggestedFilename(), 'posture.csv')
      const csv = readFileSync(await download.path(), 'utf8')
      assert.match(csv, /^"id","severity","kind","name","message","fix"\r\n"POS-/)
      await page.getByRole('link', { name: 'old-release-job' }).first().click()
      await hasHeading(page, 'Rule old-release-job')
    },
  },
]

export const REVOCATIONS: readonly Step[] = [
  {
    name: 'the keyboard alone counts, revokes a rule with a reason, and lifts it',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/revocations')
      await page.getByText('No subject, rule, issuer or key is revoked.').waitFor()
      await tabInto(page, page.getByLabel('One token'))
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Tab')
      await page.keyboard.type('read-ledger-from-worker')
      await tabTo(page, 'Count first')
      await page.keyboard.press('Enter')
      await page.getByText(/live tokens? would end/).waitFor()
      await tabInto(page, page.getByLabel('Reason', { exact: true }))
      await page.keyboard.type('the browser check')
      await page.keyboard.press('Enter')
      await page.getByText('Revoked: Rule read-ledger-from-worker.').waitFor()
      const row = page.getByRole('row', { name: /read-ledger-from-worker/ })
      assert.match(await row.innerText(), /stopped[\s\S]*the browser check[\s\S]*people:ada/)
      await page.reload()
      await row.waitFor()
      await tabInto(page, row.getByRole('button', { name: /^Lift/ }))
      await page.keyboard.press('Enter')
      await tabInto(page, page.getByRole('dialog').getByLabel('Reason', { exact: true }))
      await page.keyboard.type('it was a check')
      await page.keyboard.press('Enter')
      await row.getByText('goes on').waitFor()
      await checkAccessible(tour)
    },
  },
  {
    name: 'the navigation empties a form that a link has filled in',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/revocations?grain=rule&name=read-ledger-from-worker')
      const name = page.getByRole('textbox', { name: 'Rule', exact: true })
      assert.equal(await name.inputValue(), 'read-ledger-from-worker')
      await page.getByRole('link', { name: 'Revocations', exact: true }).click()
      await page.getByRole('textbox', { name: 'Token, jti or decision' }).waitFor()
      assert.equal(await page.getByLabel('One token').isChecked(), true)
      await page.goBack()
      assert.equal(await name.inputValue(), 'read-ledger-from-worker')
    },
  },
  {
    name: 'a token is revoked by its decision, and an unknown rule is refused with a sentence',
    run: async (tour) => {
      const { page, world } = tour
      const { decisionId, status } = await world.run(TAG_JOB)
      assert.equal(status, 200)
      await open(tour, '/revocations')
      await page.getByRole('textbox', { name: 'Token, jti or decision' }).fill(decisionId)
      await countUntil(page, /1 live token would end/)
      await page.getByLabel('Reason', { exact: true }).fill('leaked')
      await page.getByRole('button', { name: 'Revoke now' }).click()
      await page.getByText(/^The token .* is revoked\.$/).waitFor()
      await page.getByText('1 single token is revoked.').waitFor()
      await page.getByLabel('Rule', { exact: true }).check()
      await page.getByRole('textbox', { name: 'Rule' }).fill('no-such-rule')
      await page.getByRole('button', { name: 'Count first' }).click()
      await page.getByText('Unknown target').waitFor()
    },
  },
  {
    name: 'a late count does not stand beside another target',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/revocations')
      const answered = Promise.withResolvers<void>()
      await page.route('**/api/v1/revocations', async (route) => {
        await answered.promise
        await route.continue()
      })
      await page.getByLabel('Everything').check()
      await page.getByRole('button', { name: 'Count first' }).click()
      await page.getByLabel('Rule', { exact: true }).check()
      const counted = page.waitForResponse('**/api/v1/revocations')
      answered.resolve()
      await counted
      // The button can be used again when the answer has been read.
      await page.getByRole('button', { name: 'Count first' }).click()
      await page.getByText('Say what to revoke.').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Revoke now' }).count(), 0)
      await page.unroute('**/api/v1/revocations')
    },
  },
  {
    name: 'everything needs typed words',
    run: async (tour) => {
      const { page } = tour
      await open(tour, '/revocations')
      await page.getByLabel('Everything').check()
      await page.getByRole('button', { name: 'Count first' }).click()
      await page.getByText('This ends your own session too.').waitFor()
      await page.getByLabel('Reason', { exact: true }).fill('a key leaked')
      await page.getByRole('button', { name: 'Revoke now' }).click()
      await page.getByText('Type "revoke everything" first.').waitFor()
      await checkAccessible(tour)
      await page.getByLabel('Type "revoke everything" to confirm').fill('revoke everything')
      await page.getByRole('button', { name: 'Revoke now' }).click()
      await page.getByText('Your session has ended').first().waitFor()
      await settle(page)
    },
  },
]
