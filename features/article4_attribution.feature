# language: ja
機能: 第4条 流出元の推定
  責任を定めるのは試験ではない。流出元は、方法と誤り率を添えた可能性としてだけ述べる。

  @A4-03
  シナリオ: 流出した控えの元は、方法と誤り率を添えた可能性として報告される
    A copy whose origin is known is compared with what each user received; the report names likelihoods, never a cause.
    前提 「標準」の世界がある
    もし 「u_f2」が事業者の立場で技能者「T1、T2」を「safety_documents」のために依頼する
    かつ 「u_f2」がそれぞれ技能者「T1、T2」の登録情報を見る
    かつ 「u_p1」がそれぞれ技能者「T1」の登録情報を見る
    かつ 利用者「u_f2」がデータを書き出す
    ならば 【A4-03】書き出された控えの元は、方法と誤り率を添えた可能性として述べられ、断定されない
