import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Letter } from '../../../core/domain/mail/letter.ts';
import { mailBody } from '../../../core/domain/mail/mail-body.ts';

const SENDER = { name: 'Acme', portalUrl: 'https://portal.example.com' };
const letter: Letter = {
  subject: 'Waiting for you',
  paragraphs: ['Somebody asks.', 'Decide.'],
  facts: [['Tenant', 'Acme & Sons']],
  action: { path: '/admin/all/queue', label: 'Decide' },
  isNotification: true,
};

test('the text and the page say the same, and the link leads to the portal', () => {
  const { text, html, subject } = mailBody(letter, SENDER);
  expect(subject).toBe('Waiting for you');
  for (const part of [
    ...letter.paragraphs,
    'Tenant: Acme & Sons',
    'https://portal.example.com/admin/all/queue',
  ])
    expect(text).toContain(part);
  for (const part of [
    ...letter.paragraphs,
    'Acme &#38; Sons',
    'href="https://portal.example.com/admin/all/queue"',
  ])
    expect(html).toContain(part);
});

test('what can be turned off says where, in the mail and in its header; what can’t has neither', () => {
  const told = mailBody(letter, SENDER);
  expect(told.headers['List-Unsubscribe']).toBe('<https://portal.example.com/profile/notifications>');
  expect(told.text).toContain('https://portal.example.com/profile/notifications');
  const invited = mailBody({ ...letter, isNotification: false }, SENDER);
  expect(invited.headers).toEqual({ 'Auto-Submitted': 'auto-generated' });
  expect(`${invited.text}${invited.html}`).not.toContain('notifications');
});

test('loads nothing, runs nothing, and no text becomes markup, whatever it holds', () => {
  const bodyIn = (html: string) => html.slice(html.indexOf('<body>'));
  const plain = bodyIn(mailBody(letter, SENDER).html);
  const tags = (html: string) => html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/".*?"/g, '""'));
  const text = fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', '`', 'script', 'onload=', ' ', 'a'),
  });
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      const { html } = mailBody(
        { ...letter, subject: a, paragraphs: [b, c], facts: [[a, b]], action: { path: '/x', label: c } },
        SENDER,
      );
      expect(tags(bodyIn(html))).toEqual(tags(plain));
    }),
  );
  expect(mailBody(letter, SENDER).html).not.toMatch(
    /<(?:img|script|link|iframe|object|form)|url\(|@import| on\w+=/i,
  );
});

test('a subject is not longer than people read', () => {
  expect([...mailBody({ ...letter, subject: '😀'.repeat(400) }, SENDER).subject]).toHaveLength(150);
});
