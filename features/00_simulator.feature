# language: ja
@自己検査
機能: 試験側の自己検査
  証人となる模擬CCUSが、申請システムを試す前に自分の側の義務を守っていることを示す。
  The simulator proves its own side before it testifies about anybody else.

  @A1-01 @A2-1-01 @A6-01
  シナリオ: 模擬CCUSは正しい依頼にだけ、別紙1の項目だけを、契約の間だけ提供する
    An honest client asks before and after the end; only the lawful request is answered, and only with items of Annex 1.
    前提 模擬CCUSだけに「小さな」世界がある
    もし 正直な利用システムが「u_f1」として「T1」を依頼する
    かつ 正直な利用システムが「u_f1」として「T9」を依頼する
    かつ 乙が契約を「解除」で終了させる
    かつ 正直な利用システムが「u_f1」として「T2」を依頼する
    かつ CCUSの台帳を確かめる
    ならば 【A1-01】引き取られた提供はどれも受け付けた依頼に結び付き、所属しない技能者の依頼は断られている
    かつ 【A2-1-01】提供された項目は別紙1の技能者34項目に収まっている
    かつ 【A6-01】終了の後の依頼は断られ、何も提供されていない

  @A6-01
  シナリオアウトライン: 模擬CCUSは、契約の終わり方を問わず提供をやめる
    Whatever ends the contract, the simulated CCUS answers no request any more.
    前提 模擬CCUSだけに「小さな」世界がある
    もし 正直な利用システムが「u_f1」として「T1」を依頼する
    かつ 乙が契約を「<原因>」で終了させる
    かつ 正直な利用システムが「u_f1」として「T2」を依頼する
    かつ CCUSの台帳を確かめる
    ならば 【A6-01】終了の後の依頼は断られ、何も提供されていない

    例:
      | 原因   |
      | 満了   |
      | 認定取消 |
      | 廃止   |
      | 倒産   |
