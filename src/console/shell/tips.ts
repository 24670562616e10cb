/**
 * One tip for the whole console: the text in `data-tip` of the element under the pointer or with the
 * focus. Escape hides it, and the pointer may rest on it (WCAG 2.2, 1.4.13).
 */

const ID = 'tip'
const GAP_PIXELS = 4

export function startTips(): void {
  const box = document.createElement('div')
  box.id = ID
  box.role = 'tooltip'
  box.className = 'tip-box'
  box.hidden = true
  document.body.append(box)
  let owner: Element | undefined
  let shownAt: Element | undefined

  const hide = () => {
    owner?.removeAttribute('aria-describedby')
    owner = undefined
    shownAt = undefined
    box.hidden = true
  }
  // The browser scrolls to an element that gets the focus.
  const follow = () => {
    if (shownAt !== undefined) move(box, shownAt.getBoundingClientRect())
  }
  const show = (place: Element, focused: Element) => {
    hide()
    box.textContent = place.getAttribute('data-tip')
    box.hidden = false
    move(box, place.getBoundingClientRect())
    owner = focused
    shownAt = place
    focused.setAttribute('aria-describedby', ID)
  }
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element) || !target.matches(':focus-visible')) return hide()
    const place = target.matches('[data-tip]') ? target : target.querySelector('a > [data-tip]')
    if (place === null) return hide()
    return show(place, target)
  })
  document.addEventListener('mouseover', ({ target }) => {
    if (!(target instanceof Element) || target === box) return
    const place = target.closest('[data-tip]')
    if (place !== null) show(place, place)
    else if (document.activeElement !== owner) hide()
  })
  document.addEventListener('focusout', hide)
  addEventListener('scroll', follow, { capture: true, passive: true })
  addEventListener('popstate', hide)
  addEventListener('click', hide)
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide()
  })
}

/** Above the place if there is room, and inside of the window. */
function move(box: HTMLElement, place: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box
  const left = Math.max(GAP_PIXELS, Math.min(place.left, innerWidth - width - GAP_PIXELS))
  const above = place.top - height - GAP_PIXELS
  box.style.left = `${left}px`
  box.style.top = `${above >= 0 ? above : place.bottom + GAP_PIXELS}px`
}
