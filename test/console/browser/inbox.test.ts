/** The inbox of dead letters, as somebody sees and works it. */
import { describe, expect, test } from 'vitest';
import type { Server } from '../../../src/index.ts';
import { noBrowser, openConsole } from './browser.ts';
import { bodiesOf, deadLetters, makeQueue, queueArn, violationsOf, write } from './shop.ts';

const ORDERS = ['{"order":1}', '{"order":2}', '{"order":3}'];
const INBOX = `/dead-letters?queue=${queueArn('work-dlq')}`;

describe.skipIf(noBrowser)('the inbox of dead letters', () => {
  test('shows what lies there, why, and what was tried', async () => {
    const prepare = (server: Server) => deadLetters(server, ORDERS);
    await using w = await openConsole(INBOX, { prepare });
    const { page } = w;
    await page.getByRole('button', { name: /Received … times and not deleted/ }).waitFor();
    const rows = page.getByRole('row', { name: /order/ });
    await rows.nth(2).waitFor();
    await rows.first().click();
    await page.getByRole('heading', { name: /History/ }).waitFor();
    await page.getByText('received', { exact: true }).first().waitFor();
    expect(await violationsOf(w)).toEqual([]);
    expect(new URL(page.url()).searchParams.get('id')).toBeTruthy();
  });

  test('opens on the first queue there is, also where it was made later', async () => {
    await using w = await openConsole('/dead-letters');
    const { page, server } = w;
    await page.getByText('There are no dead-letter queues').waitFor();
    await deadLetters(server, ORDERS);
    await page.getByRole('row', { name: /order/ }).nth(2).waitFor();
  });

  test('redrives all, says before what will happen, and shows how far it is', async () => {
    let work = '';
    const prepare = async (server: Server) => {
      work = await deadLetters(server, ORDERS);
    };
    await using w = await openConsole(INBOX, { prepare });
    const { page, server } = w;
    await page.getByRole('button', { name: 'Redrive all' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/3 messages leave work-dlq and go each to where it came from/).waitFor();
    await dialog.getByLabel('At most so many a second').fill('0');
    await dialog.getByText('A whole number from 1 to 500.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Redrive 3' }).isDisabled()).toBe(true);
    await dialog.getByLabel('At most so many a second').fill('100');
    expect(await w.violations()).toEqual([]);
    // Keys that lead to other views would take all that was chosen here with them.
    await dialog.getByRole('button', { name: 'Cancel' }).focus();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await dialog.getByRole('button', { name: 'Redrive 3' }).click();
    await page.getByText('redriven · 3 of 3 messages').waitFor();
    await page.getByText('No dead letters here').waitFor();
    expect(await bodiesOf(server, work)).toEqual(ORDERS);
  });

  test('redrives those that are marked into another queue', async () => {
    let later = '';
    const prepare = async (server: Server) => {
      await deadLetters(server, ORDERS);
      later = await makeQueue(server, 'later');
    };
    await using w = await openConsole(INBOX, { prepare });
    const { page, server } = w;
    const rows = page.getByRole('row', { name: /order/ });
    await rows.nth(2).waitFor();
    const box = (row: number) => rows.nth(row).getByRole('checkbox');
    await box(0).click();
    await box(2).click({ modifiers: ['Shift'] });
    await page.getByRole('button', { name: 'Redrive 3 marked' }).waitFor();
    await box(1).click();
    await page.getByRole('button', { name: 'Redrive 2 marked' }).waitFor();
    await box(0).click();
    await box(1).click();
    await page.getByRole('button', { name: 'Redrive 2 marked' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/go back to queue work/).waitFor();
    await dialog.getByLabel('To').selectOption({ label: 'Queue later' });
    await dialog.getByText(/go to queue later/).waitFor();
    await dialog.getByRole('button', { name: 'Redrive 2' }).click();
    await page.getByText('2 messages redriven.').waitFor();
    await rows.nth(1).waitFor({ state: 'detached' });
    expect(await bodiesOf(server, later)).toHaveLength(2);
  });

  test('redrives one with another body, and shows what becomes of it', async () => {
    let work = '';
    const prepare = async (server: Server) => {
      work = await deadLetters(server, ['{"order":12345678901234567890}']);
    };
    await using w = await openConsole(INBOX, { prepare });
    const { page, server } = w;
    await page.getByRole('row', { name: /order/ }).click();
    await page.locator('.json-number').getByText('12345678901234567890').waitFor();
    await page.getByRole('button', { name: 'Edit and redrive' }).click();
    const dialog = page.getByRole('dialog');
    const body = dialog.getByRole('textbox', { name: 'Body' });
    await body.getByText('12345678901234567890').waitFor();
    expect(await w.violations()).toEqual([]);
    await write(body, '{"order": 12345678901234567891}');
    await dialog.getByText(/with this body/).waitFor();
    await dialog.getByRole('button', { name: 'Redrive' }).click();
    await page.waitForURL(/\/trace\?/);
    expect(await bodiesOf(server, work)).toEqual(['{"order":12345678901234567891}']);
  });

  test('changes nothing where the console is read only', async () => {
    const prepare = (server: Server) => deadLetters(server, ORDERS);
    const server = { console: { port: 0, readOnly: true } };
    await using w = await openConsole(INBOX, { prepare, server });
    const { page } = w;
    await page.getByRole('row', { name: /order/ }).first().click();
    await page.getByRole('link', { name: 'Trace', exact: true }).last().waitFor();
    expect(await page.getByRole('link', { name: 'Send again' }).count()).toBe(0);
    const names = ['Redrive all', 'Redrive', 'Edit and redrive'];
    for (const name of names) {
      const button = page.getByRole('button', { name, exact: true });
      await button.waitFor();
      expect(await button.isDisabled()).toBe(true);
      expect(await button.getAttribute('title')).toContain('read only');
    }
    expect(await w.violations()).toEqual([]);
  });
});
