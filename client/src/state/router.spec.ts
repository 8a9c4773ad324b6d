import { idOf, pathOf } from './router.js';

describe('addresses', () => {
  it.each(['65f0c2a1b2c3d4e5f6a7b8c9', 'chat:1', 'a.b_c-d'])('find the way back for %s', (id) => {
    expect(idOf(pathOf(id))).toBe(id);
  });

  it.each(['/', '/c/', '/c/a/b', '/c/%E0%A4%A', '/c/..%2Fadmin', `/c/${'x'.repeat(129)}`, '/docs'])(
    '%s is no conversation',
    (path) => {
      expect(idOf(path)).toBeUndefined();
    },
  );

  it('the start screen is /', () => expect(pathOf(undefined)).toBe('/'));
});
