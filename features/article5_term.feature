# language: ja
機能: 第5条 契約期間
  契約が終わった後に、登録情報の提供を受けて保存してはならない。

  @A5-02 @終了
  シナリオアウトライン: 契約が終わった後は、CCUSが止め忘れていても取得しない
    CCUS is made to answer even after the end; the candidate itself must not acquire anything any more.
    前提 「標準」の世界があり、契約は2026-04-30に満了し、その時点は「<読み>」と読む
    かつ CCUSが契約の終了後も提供を止めない状態にある
    もし 満了の1時間前まで時が進む
    かつ 利用者「u_f2」が技能者「T1」の登録情報を依頼する
    かつ 満了の1秒後まで時が進む
    かつ 利用者「u_f2」が技能者「T8」の登録情報を依頼する
    かつ 申請システムが保有するデータを調べる
    ならば 【A5-02】満了前に依頼した「T1」は提供され、満了後に依頼した「T8」は保有されていない

    例:
      | 読み               |
      | term.instant=24:00 |
      | term.instant=00:00 |

  @A5-01 @時計
  シナリオ: 締結の日より前には、CCUSが誤って応じても取得しない
    CCUS answers too early; the candidate itself must not acquire anything before the contract is signed.
    前提 「小さな」世界があり、契約は翌日に締結される
    かつ CCUSが契約の始まる前から提供する状態にある
    もし 利用者「u_f1」が技能者「T1」の登録情報を依頼する
    かつ 締結の日の始まりから1秒後まで時が進む
    かつ 利用者「u_f1」が技能者「T2」の登録情報を依頼する
    かつ 申請システムが保有するデータを調べる
    ならば 【A5-01】締結前に依頼した「T1」は保有されておらず、締結後に依頼した「T2」は提供されている

  @A5-03 @終了
  シナリオ: 終わりの日が早まったら、最初に登録した日でなく新しい日に従う
    The end is moved forward; the candidate follows it and not the date it was set up with.
    前提 「小さな」世界があり、契約は30日後に満了する
    かつ CCUSが契約の終了後も提供を止めない状態にある
    もし 利用者「u_f1」が技能者「T1」の登録情報を依頼する
    かつ 認定契約が改められ、契約の終わりが20日早まる
    かつ 満了の1秒後まで時が進む
    かつ 利用者「u_f1」が技能者「T2」の登録情報を依頼する
    かつ 申請システムが保有するデータを調べる
    ならば 【A5-03】早まった終わりの後に依頼した「T2」は、依頼も保有もされていない

  @A5-04 @終了
  シナリオアウトライン: 満了でない終わり方も、契約の終わりとして扱う
    Whatever ends the contract, the candidate stops and begins to dispose or certify.
    前提 「小さな」世界があり、中途の終了は「<読み>」と読む
    かつ CCUSが契約の終了後も提供を止めない状態にある
    もし 利用者「u_f1」が技能者「T1」の登録情報を依頼する
    かつ 契約が「<原因>」で終了し、甲に知らされる
    かつ 利用者「u_f1」が技能者「T2」の登録情報を依頼する
    かつ 15日が過ぎる
    かつ 申請システムが保有するデータを調べる
    かつ 乙の受付を確かめる
    ならば 【A5-04】終わりを知らされた後に依頼した「T2」は保有されず、「T1」の廃棄か証明が始まっている

    例:
      | 読み                        | 原因   |
      | term.end_causes=all_causes  | 解除   |
      | term.end_causes=all_causes  | 認定取消 |
      | term.end_causes=all_causes  | 廃止   |
      | term.end_causes=all_causes  | 倒産   |
      | term.end_causes=all_causes  | その他  |
      | term.end_causes=expiry_only | 解除   |

  @A5-05 @終了
  シナリオ: 満了の時に処理中だった依頼の結果は、保存しない
    A request is still being processed when the contract ends; what it brings afterwards must not be kept.
    前提 「小さな」世界があり、CCUSは依頼の処理に2時間かけ、契約は3日後に満了する
    かつ CCUSが契約の終了後も提供を止めない状態にある
    もし 満了の6時間前まで時が進む
    かつ 利用者「u_f1」が技能者「T1」の登録情報を依頼し、CCUSの処理を待たない
    かつ 満了の1時間前まで時が進む
    かつ 利用者「u_f1」が技能者「T2」の登録情報を依頼し、CCUSの処理を待たない
    かつ 2日が過ぎる
    かつ 申請システムが保有するデータを調べる
    かつ CCUSの台帳を確かめる
    ならば 【A5-05】満了の前に届いた「T1」は提供され、満了の後に届く「T2」は保有されていない

  @A5-06 @終了
  シナリオ: 申請システムの時計が遅れていても、契約は延びない
    Only the clock of CCUS passes the end; the candidate's own slow clock must not lengthen the term.
    前提 「小さな」世界があり、契約は3日後に満了する
    かつ CCUSが契約の終了後も提供を止めない状態にある
    もし 満了の1時間前まで時が進む
    かつ 利用者「u_f1」が技能者「T1」の登録情報を依頼する
    かつ 申請システムの時計が止まったまま、CCUSの時計だけが満了の1時間後まで進む
    かつ 利用者「u_f1」が技能者「T2」の登録情報を依頼する
    かつ 申請システムが保有するデータを調べる
    ならば 【A5-06】CCUSの時計で満了した後に依頼した「T2」は、依頼も保有もされていない
