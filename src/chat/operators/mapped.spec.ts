import { concat, lastValueFrom, NEVER, Observable, of, Subject, throwError, toArray } from 'rxjs';
import { mapped } from './mapped.js';

describe('mapped', () => {
  it('maps what comes, and passes ends on', async () => {
    expect(
      await lastValueFrom(
        of(1, 2).pipe(
          mapped((value) => value * 2),
          toArray(),
        ),
      ),
    ).toEqual([2, 4]);
    await expect(lastValueFrom(throwError(() => new Error('no')).pipe(mapped(String)))).rejects.toThrow('no');
  });

  it('fails with what `project` throws, and ends the source', async () => {
    const source = new Subject<number>();
    const failed = lastValueFrom(
      source.pipe(
        mapped(() => {
          throw new Error('no');
        }),
      ),
    );
    source.next(1);
    await expect(failed).rejects.toThrow('no');
    expect(source.observed).toBe(false);
  });

  it('ends the source when it is unsubscribed from', () => {
    let ended = false;
    const source = new Observable<number>(() => () => (ended = true));
    concat(source.pipe(mapped(String)), NEVER)
      .subscribe()
      .unsubscribe();
    expect(ended).toBe(true);
  });
});
