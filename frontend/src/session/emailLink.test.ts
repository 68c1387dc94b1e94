import { describe, expect, it } from 'vitest';
import { addressProblem, askedLink, forgetLink, isSignInLink, rememberLink } from './emailLink';

describe('a sign-in link', () => {
  it('is known by its path, mode and code', () => {
    expect(isSignInLink('https://apex.test/signin?apiKey=k&oobCode=c&mode=signIn&lang=en')).toBe(true);
  });

  it.each([
    'https://apex.test/signin',
    'https://apex.test/signin?mode=signIn',
    'https://apex.test/signin?mode=resetPassword&oobCode=c',
    'https://apex.test/?mode=signIn&oobCode=c',
  ])('is not %s', (href) => {
    expect(isSignInLink(href)).toBe(false);
  });

  it('is remembered in this browser until it has served', () => {
    rememberLink({ email: 'ada@example.com', path: '/t/abc' });
    expect(askedLink()).toEqual({ email: 'ada@example.com', path: '/t/abc' });
    forgetLink();
    expect(askedLink()).toBeNull();
  });
});

describe('a typed address', () => {
  it.each(['name@company.com', 'a.b+c@sub.company.co.uk', 'ü@exämple.de'])('%s can be one', (typed) => {
    expect(addressProblem(typed)).toBeNull();
  });

  it.each(['name', 'name@', 'name@company', '@company.com', 'a b@company.com', 'a@b.c', 'a@b@c.de', 'a@b..'])(
    '%s is no whole one',
    (typed) => {
      expect(addressProblem(typed)).toContain('name@company.com');
    },
  );

  it('that is empty is asked for', () => {
    expect(addressProblem('')).toBe('Type your e-mail address.');
  });
});
