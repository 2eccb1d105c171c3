/**
 * Invented people for the simulated card reader. Their numbers begin with 99, which is no province of GB/T 2260, so that
 * nobody can have one of them; the check characters are right.
 */
export interface Person {
  name: string;
  sex: '男' | '女';
  /** Two digits: 01 Han, 05 Uygur... */
  nation: string;
  /** YYYYMMDD, as the other dates. */
  birth: string;
  address: string;
  idNumber: string;
  issuer: string;
  validFrom: string;
  /** YYYYMMDD or 长期. */
  validUntil: string;
  /** The character that marks a card of another kind: `I` and `Y` foreigners, `J` Hong Kong, Macau and Taiwan. */
  cardMark?: string;
}

/** 㐂, 䶮 and 鿃 are rare; the last of the names has a character from the private use area, as older cards have. */
const NAMES = ['张三丰', '欧阳静', '王㐂', '李䶮', '阿依古丽·买买提', '赵鿃', '钱\ue863'] as const;
const AREA = '990101';

/** The nth invented person; each has a number of their own, up to 1000. */
export function inventPerson(nth: number, changes: Partial<Person> = {}): Person {
  const birth = `19${String(60 + (nth % 40))}0${String(1 + (nth % 9))}1${String(nth % 10)}`;
  return {
    name: NAMES[nth % NAMES.length] ?? NAMES[0],
    sex: nth % 2 === 0 ? '男' : '女',
    nation: nth % NAMES.length === 4 ? '05' : '01',
    birth,
    address: `示例省示例市示例路${nth + 1}号`,
    idNumber: withCheckCharacter(`${AREA}${birth}${String(nth % 1_000).padStart(3, '0')}`),
    issuer: '示例市公安局',
    validFrom: '20200101',
    validUntil: nth % 3 === 2 ? '长期' : '20400101',
    ...changes,
  };
}

/** ISO 7064 MOD 11-2 digit by digit, as the standard's "pure system" recursion. */
export function withCheckCharacter(digits: string): string {
  const remainder = Array.from(digits).reduce((sum, digit) => ((sum + Number(digit)) * 2) % 11, 0);
  const check = (12 - remainder) % 11;
  return digits + (check === 10 ? 'X' : String(check));
}
