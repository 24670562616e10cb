/**
 * The step in which a person chooses an account. A cookie ties the form to the browser that asked,
 * so that no other page can answer for a person.
 */
import { newSecret } from './grants.ts'
import { type PeopleAnswer, type PeopleRequest, readCookie, readParameters } from './http.ts'
import { renderChoice, renderMessage } from './page.ts'
import type { Person } from './person.ts'

const COOKIE = 'edgemint_people'
const TICKET_SECONDS = 600

/** What happens next. `undefined`: the person has refused. */
type Decide = (person: Person | undefined) => PeopleAnswer

type Ticket = {
  readonly browser: string
  readonly expiresAt: number
  readonly decide: Decide
}

type Question = {
  readonly client: string
  /** The origin of the client, to which the form leads. */
  readonly leadsTo?: string
}

export type SignIn = ReturnType<typeof createSignIn>

/** `path` is the path of the issuer, without a slash at its end. */
export function createSignIn(people: readonly Person[], path: string, now: () => number) {
  const tickets = new Map<string, Ticket>()

  return {
    /** Answers with the form. `decide` runs once, when the person has chosen. */
    ask(request: PeopleRequest, question: Question, decide: Decide): PeopleAnswer {
      const browser = readCookie(request.cookie, COOKIE) ?? newSecret()
      const ticket = newSecret()
      tickets.set(ticket, { browser, expiresAt: now() + TICKET_SECONDS, decide })
      const cookie = `${COOKIE}=${browser}; Path=${path}; HttpOnly; SameSite=Lax`
      return renderChoice({
        ...question,
        action: `${path}/sign-in`,
        ticket,
        people,
        headers: { 'set-cookie': cookie },
      })
    },
    answer(request: PeopleRequest): PeopleAnswer {
      const form = readParameters(request.body)
      const id = form.get('ticket') ?? ''
      const ticket = tickets.get(id)
      const isOfBrowser = ticket?.browser === readCookie(request.cookie, COOKIE)
      if (ticket === undefined || !isOfBrowser || ticket.expiresAt <= now()) {
        const text = 'This form is of another browser, or is too old. Start again in the program.'
        return renderMessage('Cannot sign in', text, 400)
      }
      const person = people.find(({ sub }) => sub === form.get('person'))
      if (person === undefined && form.get('deny') === undefined) {
        return renderMessage('Cannot sign in', 'Nobody was chosen.', 400)
      }
      tickets.delete(id)
      return ticket.decide(form.get('deny') === undefined ? person : undefined)
    },
  }
}
