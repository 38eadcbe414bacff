# language: ja
機能: 第2条1 項目の値の扱い
  別紙1の項目だけを、値を取り違えずに受け取り、記録の中の第三者の情報も同じに守る。

  @A2-1-05 @ANX-03
  シナリオ: 画像などの添付物は、差し出されても残らない
    CCUS offers a face photograph and other items outside Annex 1; no picture stays in any page, file or store.
    前提 「標準」の世界がある
    かつ CCUSが別紙1にない項目を混ぜて送る状態にある
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 所属事業者の利用者「u_f2」が技能者「T1」の登録情報を見る
    かつ 利用者「u_f2」がデータを書き出す
    かつ 申請システムが保有するデータを調べる
    ならば 【A2-1-05】別紙1の項目は保有しているが、差し出された画像は画面・書き出し・保有データ・保存先のどこにもない
    かつ 【ANX-03】差し出された項目は、明示の拒否一覧にあり、どれもおとりとして見分けられる

  @A2-1-07
  シナリオ: CCUSの様式が新しい版になり項目が増えても、保存する項目は広がらない
    CCUS answers in the form of a next version with a new item; the new item is not stored, and work goes on.
    前提 「標準」の世界がある
    かつ CCUSが次の版の様式で新しい項目を送る状態にある
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 所属事業者の利用者「u_f2」が技能者「T1」の登録情報を見る
    かつ 利用者「u_f2」がデータを書き出す
    かつ 申請システムが保有するデータを調べる
    ならば 【A2-1-07】これまでの項目は保有しているが、増えた項目は画面・書き出し・保有データ・保存先のどこにもない

  @A2-1-08
  シナリオ: 自由記述に紛れ込んだメールアドレスとIDは、見つけ出されて挙げられる
    CCUS sends free text with an e-mail address and an id written into it; what is kept or shown of them is listed for a reviewer.
    前提 「標準」の世界がある
    かつ CCUSが自由記述にメールアドレスとIDを書き込んで送る状態にある
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 「u_f2」が事業者の立場で自社の事業者情報を依頼する
    かつ 所属事業者の利用者「u_f2」が技能者「T1」の登録情報を見る
    かつ 利用者「u_f2」がデータを書き出す
    かつ 申請システムが保有するデータを調べる
    かつ CCUSの台帳を確かめる
    ならば 【A2-1-08】自由記述に紛れ込んだメールアドレスとIDが、保有・表示されていないかが挙げられている

  @A2-1-10 @ANX-04
  シナリオ: 有・無・適用除外などの状態は、取り違えずに保たれる
    Values of every state come back as CCUS sent them; whether others see secondary employers follows the declared rule.
    前提 「標準」の世界がある
    もし 「u_f2」が事業者の立場で技能者「T1、T2、T8、T9」を「safety_documents」のために依頼する
    かつ 「u_f2」が事業者の立場で自社の事業者情報を依頼する
    かつ 「u_p1、u_f2」がそれぞれ技能者「T9」の登録情報を見る
    かつ 申請システムが保有するデータを調べる
    ならば 【A2-1-10】状態を表す項目の値は、CCUSが提供したとおりに一つずつ保有されている
    かつ 【ANX-04】元請が見た所属事業者名は、従たる所属先を見せるかどうかの規則のとおりである

  @A2-1-04
  シナリオアウトライン: 技能者IDと事業者IDは、申告した規則のとおりに扱われる
    Registry ids are no items of Annex 1; where they are held and shown is compared with the declared rule, under each reading.
    前提 「標準」の世界があり、「<読み>」と読む
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 所属事業者の利用者「u_f2」が技能者「T1」の登録情報を見る
    かつ 申請システムが保有するデータを調べる
    ならば 【A2-1-04】IDの保有と表示は、この解釈と申告した規則に合っている

    例:
      | 読み                                |
      | whitelist.identifiers=metadata_key |
      | whitelist.identifiers=allowed      |
      | whitelist.identifiers=forbidden    |

  @A2-1-11 @A7-02 @A7-04 @終了
  シナリオ: 記録の中の第三者の情報も、範囲・識別・廃棄のすべてで本人の情報と同じに守られる
    Emergency contacts and representatives are shown to nobody else, marked, and gone after the end, which leaves duties and evidence without values.
    前提 「標準」の世界がある
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 「u_f2」が事業者の立場で自社の事業者情報を依頼する
    かつ 「u_f2、u_f4、u_f6」がそれぞれ技能者「T1」の登録情報を見る
    かつ 申請システムが保有するデータを調べる
    かつ 廃棄前の保存先を調べる
    かつ 契約が「解除」で終了し、甲に知らされる
    かつ 終了から2日後に、保存先・受付・記録を調べる
    ならば 【A2-1-11】第三者の項目は、見てよい者にだけ見え、識別の印が付き、終了後はどこにも残っていない
    かつ 【A7-02】契約が終わった後にも、廃棄が行われ証明書が提出されている
    かつ 【A7-04】終了後も依頼と閲覧の記録が残り、項目の値を含んでいない
