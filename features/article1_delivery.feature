# language: ja
機能: 第1条 依頼と提供の対応
  一つの依頼に一つの提供。頼んだものだけが、頼んだ人に所属する間に、丸ごと届く。

  @A1-18
  シナリオ: 頼んでいないのに届いた登録情報は、保存せずに捨てる
    CCUS pushes the record of somebody nobody asked for along with the one that was; only the latter is kept.
    前提 「標準」の世界がある
    かつ CCUSが頼まれていない者の記録も送る状態にある
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 申請システムが保有するデータを調べる
    ならば 【A1-18】頼んだ「T1」は保有しているが、送り付けられた登録情報はどこにも残っていない

  @A1-19
  シナリオ: 途中で失敗した提供の断片は残らない
    Answers break off in the head, in a character, before the last byte, or end half-way; no fragment stays behind.
    前提 「標準」の世界がある
    もし CCUSの提供が「headers」で切れる状態で、「u_f2」が技能者「T2」を依頼する
    かつ CCUSの提供が「character」で切れる状態で、「u_f2」が技能者「T8」を依頼する
    かつ CCUSの提供が「last_byte」で切れる状態で、「u_f2」が技能者「T9」を依頼する
    かつ CCUSの提供が「truncated」で切れる状態で、「u_f1」が技能者「T9」を依頼する
    かつ 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 申請システムが保有するデータを調べる
    ならば 【A1-19】失敗した提供の断片はなく、その後の依頼は丸ごと保有されている

  @A1-15 @時計
  シナリオアウトライン: 依頼の後に所属が終わった技能者の登録情報は、受け取らない
    One of two technicians leaves while CCUS processes the request; CCUS does not notice and sends both.
    前提 処理に1時間かかる「標準」の世界があり、「<読み>」と読む
    かつ CCUSは、離れた技能者「T1」を確かめずに提供する
    もし 「u_f2」が事業者の立場で技能者「T1、T2」を「safety_documents」のために依頼する
    かつ 技能者「T1」が「F2」を離れる
    かつ CCUSの処理が終わる時刻になる
    かつ 申請システムが保有するデータを調べる
    ならば 【A1-15】残った「T2」は保有しているが、離れた「T1」の登録情報は保有していない

    例:
      | 読み                             |
      | request.affiliation_at=provision |
      | request.affiliation_at=request   |
      | request.affiliation_at=storage   |

  @A1-16 @時計
  シナリオアウトライン: 一括の依頼の後に入った技能者は、新たな依頼まで取得されない
    A firm asks for everybody; somebody joins afterwards; nothing about the newcomer arrives until it is asked for.
    前提 「標準」の世界があり、「<読み>」と読む
    もし 「u_f2」が自社の技能者全員を依頼する
    かつ 技能者「T6」が「F2」に入る
    かつ 利用者が何も依頼しないまま2日が過ぎる
    かつ 「u_f2」が事業者の立場で技能者「T6」を「safety_documents」のために依頼する
    ならば 【A1-16】新たに入った「T6」は、依頼するまで提供されず、依頼すれば提供される

    例:
      | 読み                               |
      | request.standing=explicit_each_time |
      | request.standing=standing_consent   |

  @A1-17 @時計
  シナリオアウトライン: 一つの依頼で提供を受けるのは一度だけである
    After one provision, two days and a repeated press, no request id is collected twice.
    前提 「標準」の世界があり、「<読み>」と読む
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 利用者が何も依頼しないまま2日が過ぎる
    かつ 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ CCUSの台帳を確かめる
    ならば 【A1-17】どの依頼も、提供を受けたのは一度だけで、同じ依頼の再利用は試みられていない

    例:
      | 読み                         |
      | request.refresh=new_request  |
      | request.refresh=same_request |

  @A1-23
  シナリオアウトライン: 技能者が非開示にした項目は、新たな提供と表示に反映される
    A technician hides two items after a first provision; the next provision leaves them out, and they are shown no more.
    前提 「標準」の世界があり、「<読み>」と読む
    もし 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 技能者「T1」がCCUSで住所と電話番号を非開示にする
    かつ 「u_f2」が事業者の立場で技能者「T1」を「safety_documents」のために依頼する
    かつ 「u_f2、u_p1」がそれぞれ技能者「T1」の登録情報を見る
    かつ 申請システムが保有するデータを調べる
    ならば 【A1-23】非開示になった項目は二度目の提供になく、画面にも保有データにも残っていない

    例:
      | 読み                                   |
      | whitelist.disclosure_choice=respected |
      | whitelist.disclosure_choice=ignored   |
