/** The editor: problems while typing, differences, impact, apply, and a draft that is out of date. */
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { hasHeading, open, type Step, settle, type Tour } from '../step.ts'
import { checkAccessible } from './accessible.ts'

const codeOf = (page: Page) => page.locator('.cm-content')
const stateOf = (page: Page) => page.locator('.editor-state')
const panel = (page: Page, title: string): Locator =>
  page.locator('section.card').filter({ has: page.getByRole('heading', { name: title }) })

async function openEditor(tour: Tour): Promise<void> {
  await open(tour, '/trust')
  await codeOf(tour.page).waitFor()
  await stateOf(tour.page).getByText('No changes.').waitFor()
}

/** Replaces a part of the document through the plain text field, as a paste would. */
async function replaceText(page: Page, before: string, after: string): Promise<void> {
  await page.getByLabel('Plain text field').check()
  const field = page.getByRole('textbox', { name: 'Trust document' })
  const text = await field.inputValue()
  assert.ok(text.includes(before), `the document has no ${before}`)
  await field.fill(text.replace(before, after))
  await page.getByLabel('Plain text field').uncheck()
  await codeOf(page).waitFor()
}

/** Applies a change of the first rule in place of another administrator. */
async function applyElsewhere({ page, world }: Tour, description: string): Promise<void> {
  const status = await page.evaluate(
    async ([api, text]) => {
      const current = await fetch(`${api}trust`)
      const document = (await current.json()) as { rules: { description?: string }[] }
      const [rule] = document.rules.slice(1)
      if (rule !== undefined) rule.description = text
      const answer = await fetch(`${api}trust?message=from+another+desk`, {
        method: 'PUT',
        headers: {
          'content-type': 'application/json',
          'if-match': current.headers.get('etag') ?? '',
        },
        body: JSON.stringify(document),
      })
      return answer.status
    },
    [`${world.console}api/v1/`, description] as const,
  )
  assert.equal(status, 200)
}

/** Fills in the dialog. The findings of the change are confirmed if there are any. */
async function apply(page: Page, message: string): Promise<void> {
  await page.getByRole('button', { name: 'Apply…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Message', { exact: true }).fill(message)
  const confirm = dialog.getByLabel('I know these findings')
  if ((await confirm.count()) > 0) {
    await confirm.check()
    await dialog.getByLabel('Reason', { exact: true }).fill('the browser check')
  }
  await dialog.getByRole('button', { name: 'Apply', exact: true }).click()
}

export const EDITOR: readonly Step[] = [
  {
    name: 'the editor shows the document in force, and typing shows a problem with its line',
    run: async (tour) => {
      const { page } = tour
      await openEditor(tour)
      await codeOf(page).focus()
      await page.keyboard.press('Control+Home')
      await page.keyboard.type('x')
      await stateOf(page).getByText('the gateway would refuse it').waitFor()
      await panel(page, 'Impact').getByText('Correct the problems first').waitFor()
      const problems = panel(page, 'Problems and findings')
      await problems.getByText('unknown key "xversion"').waitFor()
      assert.ok((await page.locator('.cm-lint-marker-error').count()) > 0)
      await problems.getByRole('button', { name: 'Line 1, column 1' }).first().click()
      // The focus moves after the page has been drawn.
      await page.waitForFunction(isCodeFocused)
      await page.keyboard.press('Delete')
      await stateOf(page).getByText('No changes.').waitFor()
    },
  },
  {
    name: 'completion names the members, the claims of the provider and the scopes of the resource',
    run: async (tour) => {
      const { page } = tour
      await openEditor(tour)
      await codeOf(page).focus()
      await page.keyboard.press('Control+End')
      await page.keyboard.insertText('  - from: github\n    when:\n      repository_o')
      await page.keyboard.press('Control+Space')
      await page.getByRole('option', { name: 'repository_owner' }).first().waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Discard the draft' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Discard the draft' }).click()
      await stateOf(page).getByText('No changes.').waitFor()
    },
  },
  {
    name: 'a change shows its difference, its findings, and who loses access by recorded decisions',
    run: async (tour) => {
      const { page } = tour
      await openEditor(tour)
      await replaceText(
        page,
        'ref: refs/heads/main\n      environment: production',
        'ref: refs/heads/next',
      )
      await stateOf(page).getByText('1 change').waitFor()
      const changes = panel(page, 'Changes')
      await changes.getByText('Rule deploy-api-from-main changed').waitFor()
      await changes.locator('ins', { hasText: 'refs/heads/next' }).waitFor()
      await changes.getByText('changes access').waitFor()
      const impact = panel(page, 'Impact')
      await impact.getByRole('button', { name: 'Replay' }).click()
      await impact.getByText(/^Lose access: \d+ identit/).waitFor()
      await impact.getByText('repo:acme').first().waitFor()
      await checkAccessible(tour)
    },
  },
  {
    name: 'a draft survives a visit of another page and a reload, and apply needs a message and a reason for findings',
    run: async (tour) => {
      const { page } = tour
      await page.getByRole('link', { name: 'Keys', exact: true }).click()
      await hasHeading(page, 'Keys')
      await page.getByRole('link', { name: 'Trust document', exact: true }).click()
      await page.getByText('It was kept in this tab.').waitFor()
      await page.reload()
      await settle(page)
      await page.getByText('It was kept in this tab.').waitFor()
      await stateOf(page).getByText('1 change').waitFor()
      await page.getByRole('button', { name: 'Apply…' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Apply', exact: true }).click()
      await dialog.getByText('Write a message.').waitFor()
      await dialog.getByLabel('Message', { exact: true }).fill('next deploys')
      await dialog.getByRole('button', { name: 'Apply', exact: true }).click()
      await dialog.getByText('Confirm the findings and give a reason.').waitFor()
      await checkAccessible(tour)
      await page.keyboard.press('Escape')
      assert.equal(await page.getByRole('dialog').count(), 0)
    },
  },
  {
    name: 'when the session ends, the text stays, and nothing is applied',
    run: async (tour) => {
      const { page, context } = tour
      const cookies = await context.cookies()
      await context.clearCookies()
      await apply(page, 'without a session')
      await page.getByText('Your session has ended').first().waitFor()
      await page.keyboard.press('Escape')
      await stateOf(page).getByText('1 change').waitFor()
      const draft = await page.evaluate(() => sessionStorage.getItem('edgemint-trust-draft'))
      assert.match(draft ?? '', /refs\/heads\/next/)
      await context.addCookies(cookies)
      await page.reload()
      await settle(page)
      await stateOf(page).getByText('Revision 1 is in force. 1 change').waitFor()
    },
  },
  {
    name: 'a stale apply is refused, shows what changed, and the draft is put on the new revision',
    run: async (tour) => {
      const { page } = tour
      await applyElsewhere(tour, 'Changed at another desk.')
      await apply(page, 'next deploys')
      await page.getByRole('heading', { name: 'Revision 2 is in force now' }).waitFor()
      const notice = page.locator('.stale')
      await notice.getByText('Nothing was applied, and your text is kept.').waitFor()
      await notice.getByText('from another desk').waitFor()
      await notice.getByText('Changed at another desk.').waitFor()
      await checkAccessible(tour)
      await notice.getByRole('button', { name: 'Put my changes on revision 2' }).click()
      await stateOf(page).getByText('Revision 2 is in force. 1 change').waitFor()
      await apply(page, 'next deploys')
      await page.getByText('Applied as revision 3.').waitFor()
      await stateOf(page).getByText('Revision 3 is in force. No changes.').waitFor()
      const trust = await page.evaluate(
        async (url) => (await fetch(url)).text(),
        `${tour.world.console}api/v1/trust`,
      )
      assert.match(trust, /refs\/heads\/next/)
      assert.match(trust, /Changed at another desk/)
      const revisions = await page.evaluate(
        async (url) => (await fetch(url)).text(),
        `${tour.world.console}api/v1/trust/revisions?limit=1`,
      )
      assert.match(revisions, /next deploys \[despite LINT-\d+.*: the browser check\]/)
    },
  },
  {
    name: 'a draft whose first document is gone keeps its warning, and one that cannot be loaded waits',
    expected: /status of 503/,
    run: async (tour) => {
      const { page } = tour
      await openEditor(tour)
      await replaceText(page, 'refs/heads/next', 'refs/heads/later')
      await stateOf(page).getByText('Revision 3 is in force. 1 change').waitFor()
      await applyElsewhere(tour, 'Changed at a third desk.')
      const earlier = '**/api/v1/trust?revision=3'
      const refuse = (status: number, type: string) =>
        page.route(earlier, (route) =>
          route.fulfill({
            status,
            contentType: 'application/problem+json',
            body: JSON.stringify({ type: `urn:edgemint:problem:${type}`, title: type, status }),
          }),
        )
      await refuse(404, 'revision-unknown')
      for (let visit = 1; visit <= 2; visit += 1) {
        await page.reload()
        await settle(page)
        await page.getByRole('heading', { name: 'Revision 4 is in force now' }).waitFor()
        await page.getByText('Your draft began at revision 3.').waitFor()
        await page.locator('.stale').getByText('from another desk').waitFor()
        assert.ok(await page.getByRole('button', { name: 'Apply…' }).isDisabled())
      }
      await page.unroute(earlier)
      await refuse(503, 'unavailable')
      await page.reload()
      await page.getByRole('button', { name: 'Try again' }).waitFor()
      await page.unroute(earlier)
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByRole('button', { name: 'Put my changes on revision 4' }).click()
      await stateOf(page).getByText('Revision 4 is in force. 1 change').waitFor()
      await page.getByRole('button', { name: 'Discard the draft' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Discard the draft' }).click()
      await stateOf(page).getByText('Revision 4 is in force. No changes.').waitFor()
    },
  },
  {
    name: 'the keyboard alone edits and leaves the editor',
    run: async (tour) => {
      const { page } = tour
      await openEditor(tour)
      await page.getByLabel('Plain text field').focus()
      await page.keyboard.press('Tab')
      assert.ok(await isInCode(page), 'Tab does not reach the editor')
      await page.keyboard.press('Control+End')
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      assert.ok(await isInCode(page), 'Tab does not indent')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Tab')
      assert.ok(!(await isInCode(page)), 'Escape and Tab do not leave the editor')
      await page.keyboard.press('Shift+Tab')
      assert.ok(await isInCode(page))
      await page.keyboard.press('Control+z')
      await page.keyboard.press('Control+z')
    },
  },
  {
    name: 'the editor works without its code: the text field stays, and JSON is checked and applied',
    run: async (tour) => {
      const { page, world } = tour
      await open(tour, '/')
      await page.evaluate(() => sessionStorage.clear())
      await page.route(/\/assets\/(?:door|mount)-/, (route) => route.fulfill({ status: 404 }))
      await page.goto(`${world.console}trust`)
      await hasHeading(page, 'Trust document')
      await page.getByText('The checks could not be loaded').waitFor()
      const field = page.getByRole('textbox', { name: 'Trust document' })
      const text = await field.inputValue()
      assert.ok(text.includes('Changed at a third desk.'))
      await field.fill(text.replace('Changed at a third desk.', 'Changed without checks.'))
      await page.getByRole('button', { name: 'Apply…' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Message', { exact: true }).fill('without checks')
      await dialog.getByRole('button', { name: 'Apply', exact: true }).click()
      await page.getByText('Applied as revision 5.').waitFor()
      await page.unroute(/\/assets\/(?:door|mount)-/)
    },
  },
]

function isInCode(page: Page): Promise<boolean> {
  return page.evaluate(isCodeFocused)
}

/** Runs in the page. The code editor is in a shadow root. */
function isCodeFocused(): boolean {
  const inner = document.activeElement?.shadowRoot?.activeElement
  return inner?.classList.contains('cm-content') === true
}
